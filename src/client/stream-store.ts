import type { BaseEvents, EventSet, ReadEvent } from "../protocol/define.ts";
import type { EventStream } from "./event-stream.ts";
import type { SavedStream, StreamSnapshot } from "./read.ts";
import type { Store } from "./store.ts";
import { createSnapshots } from "./store.ts";

/** The place of a view where one stream after another is shown. What a framework's binding is made of. */
export interface StreamStore<
  Set extends EventSet,
  Input extends readonly unknown[] = [],
> extends Store<StreamSnapshot<Set>> {
  /**
   * Closes what runs and opens anew at the end of this turn: of several starts in one turn only the last is made.
   * Nothing of the stream before is told any more. What `open` throws is the `error` of a stream that has `failed`.
   */
  start: (...input: Input) => void;
  /** Closes what runs: it ends as `aborted`, and what it has told stays. Idempotent. */
  stop: () => void;
  /** Where the stream stands, for `connect(url, { restore })`; `undefined` while there is no way back to it. */
  save: () => SavedStream | undefined;
}

/** How a {@link StreamStore} is told of events. */
export interface StreamStoreOptions<Set> {
  /**
   * Called with each event of the stream that runs, in a turn of its own, and with none after `stop` or another
   * `start`. For events of your own: text, status and result are in the snapshot.
   */
  onEvent?: ((event: ReadEvent<Set>) => void) | undefined;
}

const IDLE: StreamSnapshot<unknown> & { readonly result: undefined } = {
  state: "idle",
  attempt: 0,
  retryAt: undefined,
  error: undefined,
  outcome: undefined,
  status: undefined,
  text: "",
  isWhole: true,
  result: undefined,
};

/**
 * Creates a store that shows one stream after another. Nothing is opened before the first `start`.
 *
 * Its snapshot is the same object between two notifications, and those come at most once in `snapshotMs` of the
 * stream, at once when it opens, waits or ends. A started stream is read to its end whether or not anybody watches:
 * `stop` is the owner's.
 *
 * @param open - Opens a stream from what `start` was given.
 * @example
 * const store = createStreamStore((message: string) => connect('/api/chat', { json: { message } }))
 * store.subscribe(() => render(store.getSnapshot()))
 * store.start('Hello')
 */
export function createStreamStore<
  Set extends EventSet = BaseEvents,
  Input extends readonly unknown[] = [],
>(
  open: (...input: Input) => EventStream<Set>,
  { onEvent }: StreamStoreOptions<Set> = {},
): StreamStore<Set, Input> {
  /** Counts what begins and stops: whatever belongs to an earlier number is void. */
  let run = 0;
  let stream: EventStream<Set> | undefined;
  /** What is shown while there is no stream. */
  let blank: StreamSnapshot<Set> = IDLE;
  let unsubscribe: (() => void) | undefined;
  const { changed, subscribe } = createSnapshots(() => undefined, 0);
  const tell = () => changed(true);

  const begin = (input: Input, mine: number) => {
    try {
      stream = open(...input);
      unsubscribe = stream.subscribe(tell);
      // In turns of their own: what it throws is its own, and the stream goes on.
      const hand = (event: ReadEvent<Set>) =>
        queueMicrotask(() => mine === run && onEvent?.(event));
      if (onEvent) void follow(stream, hand);
    } catch (error) {
      blank = { ...IDLE, state: "ended", outcome: "failed", error };
    }
    tell();
  };

  return {
    subscribe,
    getSnapshot: () => stream?.getSnapshot() ?? blank,
    start(...input) {
      const mine = (run += 1);
      unsubscribe?.();
      stream?.close();
      stream = undefined;
      blank = { ...IDLE, state: "connecting" };
      queueMicrotask(() => mine === run && begin(input, mine));
    },
    stop() {
      run += 1;
      stream?.close();
      if (blank.state !== "connecting") return;
      blank = { ...IDLE, state: "ended", outcome: "aborted" };
      if (!stream) tell();
    },
    save: () => stream?.save(),
  };
}

async function follow<Item>(items: AsyncIterable<Item>, onItem: (item: Item) => void) {
  try {
    for await (const item of items) onItem(item);
  } catch {
    // It is in the snapshot.
  }
}
