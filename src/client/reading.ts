import { ConnectError, SSEError, StreamCutError } from "../protocol/errors.ts";
import type { Outcome } from "../protocol/outcome.ts";
import type { Link } from "./link.ts";

/** How a reading ended. */
export interface Ending {
  outcome: Outcome;
  error?: unknown;
}

/** What is read, as its kind knows it. */
export interface Content<Item> {
  /** `item` is handed to the loop: it is a part of what was read. What this throws is the loop's. */
  onTaken(item: Item, id: string | undefined): void;
  /** How it ended, if all has been told; `undefined` while the terminal is missing. */
  ending(): Ending | undefined;
  /** Called once, at the end. */
  onEnd(ending: Ending): void;
}

/** One loop over the items of a link, and the way it ends. */
export interface Reading<Item> {
  readonly isOver: boolean;
  /** An item has come, with the ID of its message. */
  add: (item: Item, id?: string) => void;
  /** Begins, unless `signal` says that nobody wants it. */
  start(link: Link, signal: AbortSignal | undefined): void;
  /** Ends as `aborted`, without a throw. */
  close: () => void;
  /** Reads to the end if no loop has begun by the end of this turn. */
  drain: () => void;
  /** @throws {SSEError} `ALREADY_READ` */
  iterate: () => AsyncIterableIterator<Item, undefined>;
}

const OVER = { value: undefined, done: true } as const;

/** Creates the one loop of a stream. Nothing is read ahead of it. */
export function createReading<Item extends object>(content: Content<Item>): Reading<Item> {
  /** The items of the last chunk, as far as they are good, and what was wrong after them. */
  let batch: Array<{ item: Item; id: string | undefined }> = [];
  let head = 0;
  let broken: { error: unknown } | undefined;
  let link: Link;
  let signal: AbortSignal | undefined;
  let isTaken = false;
  let isOver = false;
  /** What the loop has yet to be told. */
  let thrown: { error: unknown } | undefined;
  /** The calls of `next()` that wait: each waits for the one before. */
  let waiting = 0;
  let last: Promise<IteratorResult<Item, undefined>>;

  const empty = () => {
    batch = [];
    head = 0;
  };
  const end = (ending: Ending, toThrow?: { error: unknown }) => {
    if (isOver) return;
    isOver = true;
    thrown = toThrow;
    empty();
    signal?.removeEventListener("abort", onAbort);
    link.close();
    content.onEnd(ending);
  };
  /** Ends with an error that the loop throws. */
  const fail = (outcome: Outcome, error: unknown) => end({ outcome, error }, { error });
  const onAbort = () => fail("aborted", signal?.reason);

  /** The next item that is here, noted as a part of what the stream comes to. */
  const take = (): Item | undefined => {
    const entry = batch[head];
    if (!entry) return undefined;
    head += 1;
    try {
      content.onTaken(entry.item, entry.id);
    } catch (error) {
      // User code is not the network: nobody comes back for it.
      fail("aborted", error);
      return undefined;
    }
    // A callback may have closed it.
    return isOver ? undefined : entry.item;
  };
  const readOn = async () => {
    if (broken) throw broken.error;
    empty();
    try {
      await link.pull();
    } catch (error) {
      // What came before it in the same chunk is good, and comes first.
      if (batch.length === 0) throw error;
      broken = { error };
    }
  };
  /** Answers a `next()` that has to wait. */
  const wait = async (): Promise<IteratorResult<Item, undefined>> => {
    try {
      for (;;) {
        if (isOver) break;
        const value = take();
        if (value) return { value, done: false };
        const ending = content.ending();
        if (ending) end(ending);
        else await readOn();
      }
    } catch (error) {
      failBy(error);
    } finally {
      waiting -= 1;
    }
    if (!thrown) return OVER;
    const { error } = thrown;
    thrown = undefined;
    throw error;
  };
  const failBy = (error: unknown) => {
    // The server says that nothing more will come.
    if (error instanceof ConnectError && error.status === 204) end({ outcome: "completed" });
    else fail(outcomeOfError(error, link.wasOpen), error);
  };
  const iterator: AsyncIterableIterator<Item, undefined> = {
    [Symbol.asyncIterator]: () => iterator,
    next() {
      const value = waiting ? undefined : take();
      if (value) return Promise.resolve({ value, done: false });
      return (last = waiting++ ? last.then(wait, wait) : wait());
    },
    return: async () => (end({ outcome: "aborted" }), OVER),
  };

  const reading: Reading<Item> = {
    get isOver() {
      return isOver;
    },
    add(item, id) {
      if (!isOver) batch.push({ item, id });
    },
    start(given, toFollow) {
      link = given;
      signal = toFollow;
      signal?.addEventListener("abort", onAbort);
      if (signal?.aborted) onAbort();
      link.start();
    },
    close: () => end({ outcome: "aborted" }),
    drain() {
      queueMicrotask(() => {
        if (!isTaken) void readToEnd(reading.iterate());
      });
    },
    iterate() {
      if (isTaken) throw new SSEError("ALREADY_READ", "it is read already");
      isTaken = true;
      return iterator;
    },
  };
  return reading;
}

async function readToEnd(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    while (!(await iterator.next()).done);
  } catch {
    // It is in the end.
  }
}

function outcomeOfError(error: unknown, wasOpen: boolean): Outcome {
  if (error instanceof StreamCutError) return error.code === "TRUNCATED" ? "truncated" : "dropped";
  // A network that went away in the middle has cut the stream; a server that refuses has answered.
  return error instanceof ConnectError && wasOpen && error.status === undefined
    ? "dropped"
    : "failed";
}
