import { toEvent } from "../protocol/codec.ts";
import type { EventSet, ReadEvent } from "../protocol/define.ts";
import { RemoteError, SSEError, StreamCutError } from "../protocol/errors.ts";
import type { ErrorEvent } from "../protocol/events.ts";
import type { Outcome } from "../protocol/outcome.ts";
import { outcomeOf } from "../protocol/outcome.ts";
import type { Messages } from "./messages.ts";
import { createMessages } from "./messages.ts";
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

interface Waiting<Event> {
  resolve: (result: IteratorResult<Event, undefined>) => void;
  reject: (error: unknown) => void;
}

const OVER = { value: undefined, done: true } as const;

/** Creates the stream of what `open` answers. It is called at once, with the signal that closes the connection. */
export function createEventStream<Set extends EventSet>(
  open: (closing: AbortSignal) => Promise<Response>,
  options: ReadOptions<Set>,
): EventStream<Set> {
  type Event = ReadEvent<Set>;
  const { signal, events } = options;
  const closing = new AbortController();
  const messages = createMessages(options);
  const waiting: Waiting<Event>[] = [];
  let text = "";
  let result: ReadResult<Set> | undefined;
  let remote: ErrorEvent | undefined;
  let isTaken = false;
  let isReading = false;
  let isOver = false;
  /** What the loop has yet to be told. */
  let thrown: { error: unknown } | undefined;
  let tellEnd: (end: ReadEnd<Set>) => void;
  const ended = new Promise<ReadEnd<Set>>((resolve) => {
    tellEnd = resolve;
  });

  const end = (outcome: Outcome, error?: unknown) => {
    if (isOver) return;
    isOver = true;
    signal?.removeEventListener("abort", onAbort);
    messages.cancel();
    closing.abort();
    tellEnd({ outcome, result, text, error });
    tellOver();
  };
  /** Ends with an error that the loop throws. */
  const fail = (outcome: Outcome, error: unknown) => {
    if (!isOver) thrown = { error };
    end(outcome, error);
  };
  const onAbort = () => fail("aborted", signal?.reason);
  /** Settles all who wait, in this turn: the first of them is told the error. */
  const tellOver = () => {
    for (const { resolve, reject } of waiting.splice(0)) {
      if (thrown) reject(thrown.error);
      else resolve(OVER);
      thrown = undefined;
    }
  };
  const endAtTerminal = () =>
    remote ? end(outcomeOf(remote), new RemoteError(remote)) : end("completed");
  /** Adds an event to what the stream comes to. */
  const note = (event: Event): Event => {
    const { type, content } = event as { type: string; content?: unknown };
    // A chunk of the application's own shape need not hold text.
    if (type === "chunk" && typeof content === "string") text += content;
    else if (type === "error") remote = event as unknown as ErrorEvent;
    else if (type === "result") {
      const { type: _, ...payload } = event;
      result = payload as unknown as ReadResult<Set>;
    }
    return event;
  };
  /** Answers who waits, and reads on as long as somebody does. Never rejects. */
  const serve = async () => {
    if (isReading) return;
    isReading = true;
    try {
      while (waiting.length > 0) {
        const event = nextEvent(messages, events);
        if (event?.type === "done") endAtTerminal();
        else if (event) waiting.shift()?.resolve({ value: note(event as Event), done: false });
        else if (!isOver && !(await messages.read())) {
          // Some senders end after an `error` event without the terminal: they have told how it ended.
          if (remote) endAtTerminal();
          else throw new StreamCutError("TRUNCATED", "the body ended before the terminal");
        }
      }
    } catch (error) {
      // The codes of a cut that a reader can see, TRUNCATED and DROPPED, are named after their outcomes.
      const isCut = error instanceof StreamCutError;
      fail(isCut ? (error.code.toLowerCase() as Outcome) : "failed", error);
    }
    isReading = false;
  };
  const iterator: AsyncIterableIterator<ReadEvent<Set>, undefined> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        if (isOver) tellOver();
        else void serve();
      }),
    return: async () => {
      end("aborted");
      return OVER;
    },
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
      if (isTaken) throw new SSEError("ALREADY_READ", "this stream is read already");
      isTaken = true;
      return iterator;
    },
  };

  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  else messages.attach(open(closing.signal), (error) => fail("failed", error));
  return stream;
}

/** The next event of the chunk that is here; messages that hold none are passed over. */
function nextEvent<Set extends EventSet>(messages: Messages, events: Set | undefined) {
  for (let message = messages.take(); message; message = messages.take()) {
    const event = toEvent(message, events);
    if (event) return event;
  }
  return undefined;
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of stream);
  } catch {
    // It is in `ended`.
  }
}
