import { toEvent } from "../protocol/codec.ts";
import type { EventSet, ReadEvent } from "../protocol/define.ts";
import { RemoteError, SSEError, StreamCutError } from "../protocol/errors.ts";
import type { ErrorEvent } from "../protocol/events.ts";
import { checkShared } from "../protocol/options.ts";
import type { SSEMessage } from "../protocol/message.ts";
import type { Outcome } from "../protocol/outcome.ts";
import { outcomeOf } from "../protocol/outcome.ts";
import { createSSEParser } from "../protocol/parse.ts";
import type { ReadEnd, ReadOptions, ReadResult } from "./read.ts";

/**
 * One stream of typed events, read by one loop.
 *
 * Nothing is read ahead of the loop. Leaving the loop, `close()` and the signal close the connection. The loop
 * throws when there was no stream (`ConnectError`), when it was cut (`StreamCutError`) and when bytes are no
 * event (`DecodeError`); an `error` event is an event like the others, and the end after it is no throw.
 *
 * @example
 * for await (const event of stream) if (event.type === 'chunk') show(event.content)
 * const { outcome, result } = await stream.ended
 */
export interface EventStream<Set extends EventSet> extends AsyncIterable<
  ReadEvent<Set>,
  undefined
> {
  /** The text of all `chunk` events so far. */
  readonly text: string;
  /**
   * How the stream ended, known when it has. Never rejects. Asking for it when no loop has begun by the end of
   * the same turn reads the stream to its end: no loop can begin then.
   */
  readonly ended: Promise<ReadEnd<Set>>;
  /** Closes the connection: the stream ends as `aborted`, the loop ends without a throw. Idempotent. */
  close(): void;
  /**
   * Takes the stream's one loop.
   *
   * @throws {SSEError} `ALREADY_READ` when there is one: two would take events from each other.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<ReadEvent<Set>, undefined>;
}

const OVER = { value: undefined, done: true } as const;

/**
 * Creates the stream of what `open` answers. It is called at once, with the signal that closes the connection.
 *
 * @throws {TypeError | RangeError} at once, naming the option, when one is not usable; `open` is not called then.
 */
export function createEventStream<Set extends EventSet>(
  open: (closing: AbortSignal) => Promise<Response>,
  { signal, events, maxEventBytes }: ReadOptions<Set>,
): EventStream<Set> {
  checkShared(events, signal);
  /** The events of the last chunk, as far as they are good, newest first, and what was wrong after them. */
  let batch: ReadEvent<Set>[] = [];
  let isDone = false;
  let broken: { error: unknown } | undefined;
  let text = "";
  let result: ReadResult<Set> | undefined;
  let remote: ErrorEvent | undefined;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let isTaken = false;
  let isOver = false;
  /** What the loop has yet to be told. */
  let thrown: { error: unknown } | undefined;
  /** The calls of `next()` that wait: each waits for the one before. */
  let waiting = 0;
  let last: Promise<IteratorResult<ReadEvent<Set>, undefined>>;
  let tellEnd: (end: ReadEnd<Set>) => void;
  const ended = new Promise<ReadEnd<Set>>((resolve) => {
    tellEnd = resolve;
  });
  const closing = new AbortController();
  const onMessage = (message: SSEMessage) => {
    const event = toEvent(message, events);
    if (event?.type === "done") isDone = true;
    else if (event && !isDone && !isOver) batch.push(event as ReadEvent<Set>);
  };
  const parser = createSSEParser({ onMessage }, { maxEventBytes });

  const end = (outcome: Outcome, error?: unknown, toThrow?: { error: unknown }) => {
    if (isOver) return;
    isOver = true;
    thrown = toThrow;
    batch = [];
    signal?.removeEventListener("abort", onAbort);
    closing.abort();
    letGo();
    tellEnd({ outcome, result, text, error });
  };
  /** Ends with an error that the loop throws. */
  const fail = (outcome: Outcome, error: unknown) => end(outcome, error, { error });
  const onAbort = () => fail("aborted", signal?.reason);
  const endAtTerminal = () => {
    if (!remote) return end("completed");
    const details = { event: remote };
    end(outcomeOf(remote), new RemoteError("REMOTE_ERROR", "an `error`", details));
  };
  const letGo = () => void reader?.cancel().catch(() => {});

  /** The next event that is here, noted as a part of what the stream comes to. */
  const take = (): ReadEvent<Set> | undefined => {
    const event = batch.pop();
    const { type, content } = (event ?? {}) as { type?: string; content?: unknown };
    // A chunk of the application's own shape need not hold text.
    if (type === "chunk" && typeof content === "string") text += content;
    else if (type === "error") remote = event as unknown as ErrorEvent;
    else if (type === "result") {
      const { type: _, ...payload } = event as ReadEvent<Set>;
      result = payload as unknown as ReadResult<Set>;
    }
    return event;
  };
  const readChunk = async () => {
    if (isDone) return endAtTerminal();
    if (broken) throw broken.error;
    await opened;
    const chunk = await reader?.read().catch((cause: unknown) => {
      throw new StreamCutError("DROPPED", "broken before the terminal", { cause });
    });
    if (isOver) return;
    if (!chunk?.value) {
      // Some senders end after an `error` event without the terminal: they have told how it ended.
      if (remote) return endAtTerminal();
      throw new StreamCutError("TRUNCATED", "ended before the terminal");
    }
    try {
      parser.feed(chunk.value);
    } catch (error) {
      // What came before it in the same chunk is good, and comes first.
      broken = { error };
    }
    batch.reverse();
  };
  /** Answers a `next()` that has to wait. */
  const wait = async (): Promise<IteratorResult<ReadEvent<Set>, undefined>> => {
    try {
      for (;;) {
        if (isOver) break;
        const value = take();
        if (value) return { value, done: false };
        await readChunk();
      }
    } catch (error) {
      // The codes of a cut that a reader can see, TRUNCATED and DROPPED, are named after their outcomes.
      const isCut = error instanceof StreamCutError;
      fail(isCut ? (error.code.toLowerCase() as Outcome) : "failed", error);
    } finally {
      waiting -= 1;
    }
    if (!thrown) return OVER;
    const { error } = thrown;
    thrown = undefined;
    throw error;
  };
  const iterator: AsyncIterableIterator<ReadEvent<Set>, undefined> = {
    [Symbol.asyncIterator]: () => iterator,
    next() {
      const value = waiting ? undefined : take();
      if (value) return Promise.resolve({ value, done: false });
      return (last = waiting++ ? last.then(wait, wait) : wait());
    },
    return: async () => (stream.close(), OVER),
  };
  const stream: EventStream<Set> = {
    get text() {
      return text;
    },
    get ended() {
      queueMicrotask(() => {
        if (!isTaken) void drain(stream);
      });
      return ended;
    },
    close: () => end("aborted"),
    [Symbol.asyncIterator]() {
      if (isTaken) throw new SSEError("ALREADY_READ", "it is read already");
      isTaken = true;
      return iterator;
    },
  };

  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  // Whoever waits for it is let go at the end, too: a fetch of one's own need not heed the signal.
  const opened = Promise.race([
    ended,
    open(closing.signal).then(({ body }) => {
      // That there is a body was checked with the status.
      reader = body?.getReader();
      if (isOver) letGo();
    }),
  ]);
  opened.catch((error) => fail("failed", error));
  return stream;
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of stream);
  } catch {
    // It is in `ended`.
  }
}
