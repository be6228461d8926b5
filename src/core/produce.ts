import type { BaseEvents, EventSet, SentEvent } from "../protocol/define.ts";
import type { AnyEvent } from "../protocol/events.ts";
import { ofKind } from "../protocol/options.ts";
import type { SessionCore } from "./session.ts";
import type { ResultPayload, Session } from "./shorthands.ts";

/**
 * Whoever has events to tell: a function that is given the session, or a source of events.
 *
 * A function's returned object becomes the `result` event; a function may also return a source of events.
 * A source is read at the reader's pace and released (`return`, `cancel`) when the reader leaves.
 */
export type Producer<Set extends EventSet = BaseEvents, Prepared = undefined> =
  | ((session: Session<Set>, prepared: Prepared) => Produced<Set> | PromiseLike<Produced<Set>>)
  | EventSource<Set>;

type Produced<Set> = ResultPayload<Set> | EventSource<Set> | void | undefined;
type EventSource<Set> =
  | AsyncIterable<SentEvent<Set>, ResultPayload<Set> | void | undefined>
  | ReadableStream<SentEvent<Set>>;

/** Runs `producer` to its end and ends the session with what it came to. Never rejects. */
export function produce(
  session: SessionCore<AnyEvent>,
  producer: unknown,
  prepared: unknown,
): void {
  if (typeof producer !== "function") {
    void conclude.call(session, producer);
    return;
  }
  try {
    // Not awaited: most producers wait, and an async function that waits for one holds twice as much.
    void Promise.resolve(producer(session, prepared)).then(
      conclude.bind(session),
      fail.bind(session),
    );
  } catch (error) {
    session.fail(error);
  }
}

function fail(this: SessionCore<AnyEvent>, error: unknown): void {
  this.fail(error);
}

/** Ends the session with what its producer answered. Never rejects. */
async function conclude(this: SessionCore<AnyEvent>, produced: unknown): Promise<void> {
  try {
    const result = isEventSource(produced) ? await pump(this, produced) : produced;
    this.close(result as object | undefined);
  } catch (error) {
    // After the end this changes nothing: work that was aborted rejects, as it should.
    this.fail(error);
  }
}

/** Refuses what is no producer, and what is no options, at the door. */
export function checkProducer(producer: unknown, options: unknown): void {
  ofKind("options", "object", options);
  if (typeof producer === "function" || isEventSource(producer)) return;
  throw new TypeError(
    `\`producer\` must be a function, an AsyncIterable or a ReadableStream, got ${producer === null ? "null" : typeof producer}`,
  );
}

type Source = AsyncIterable<AnyEvent, unknown> | ReadableStream<AnyEvent>;

function isEventSource(value: unknown): value is Source {
  return (
    typeof value === "object" &&
    value !== null &&
    (Symbol.asyncIterator in value || ("getReader" in value && "locked" in value))
  );
}

async function pump(session: SessionCore<AnyEvent>, source: Source): Promise<unknown> {
  const iterator = toIterator(source);
  let over = false;
  // Asked once, and at once: a source that waits for its next event must not wait for nobody.
  const letGo = () => {
    if (over) return;
    over = true;
    void returnQuietly(() => iterator);
  };
  session.signal.addEventListener("abort", letGo, { once: true });
  try {
    while (session.isOpen) {
      const { done, value } = await iterator.next();
      // An iterator that is done has released itself.
      over ||= done === true;
      if (done) return value;
      await session.send(value);
    }
    return undefined;
  } catch (error) {
    over = true;
    throw error;
  } finally {
    session.signal.removeEventListener("abort", letGo);
    letGo();
  }
}

type EventIterator = Pick<AsyncIterator<AnyEvent, unknown>, "next" | "return">;

function toIterator(source: Source): EventIterator {
  if (!("locked" in source)) return source[Symbol.asyncIterator]();
  // By its reader: not every runtime can iterate a stream, and its iterator's `return()` waits for a read under way.
  const reader = source.getReader();
  return {
    next: () => reader.read(),
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

/** Lets a source go that was never read. */
export function release(producer: unknown): void {
  if (isEventSource(producer)) void returnQuietly(() => toIterator(producer));
}

/** Never rejects, whatever the source does: it may be somebody else's by now. */
async function returnQuietly(iterator: () => EventIterator): Promise<void> {
  try {
    await iterator().return?.();
  } catch {
    // It was asked to stop and failed at that: how the stream ended is known already.
  }
}
