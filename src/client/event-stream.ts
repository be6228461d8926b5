import { toEvent } from "../protocol/codec.ts";
import type { BaseEvents, EventSet, ReadEvent } from "../protocol/define.ts";
import { placeOf } from "../protocol/event-id.ts";
import type { AnyEvent, GapEvent } from "../protocol/events.ts";
import type { Link, LinkListener } from "./link.ts";
import type { ReadEnd, ReadOptions, SavedStream, StreamSnapshot } from "./read.ts";
import type { Ending } from "./reading.ts";
import { createReading } from "./reading.ts";
import type { Store } from "./store.ts";
import { createSnapshots } from "./store.ts";
import type { Tally } from "./tally.ts";
import { addTo, emptyTally, textOf } from "./tally.ts";

/**
 * One stream of typed events, read by one loop, over as many connections as it takes.
 *
 * Nothing is read ahead of the loop. Leaving the loop, `close()` and the signal close the connection. The loop
 * throws when there was no stream (`ConnectError`), when it was cut for good (`StreamCutError`) and when bytes are no
 * event (`DecodeError`); an `error` event is an event like the others, and the end after it is no throw.
 *
 * @example
 * for await (const event of stream) if (event.type === 'chunk') show(event.content)
 * const { outcome, result } = await stream.ended
 */
export interface EventStream<Set extends EventSet = BaseEvents>
  extends AsyncIterable<ReadEvent<Set>, undefined>, Store<StreamSnapshot<Set>> {
  /** The text of all `chunk` events since the last start. */
  readonly text: string;
  /**
   * How the stream ended, known when it has. Never rejects. Asking for it when no loop has begun by the end of
   * the same turn reads the stream to its end: no loop can begin then. So does `subscribe`.
   */
  readonly ended: Promise<ReadEnd<Set>>;
  /** Closes the connection: the stream ends as `aborted`, the loop ends without a throw. Idempotent. */
  close(): void;
  /**
   * The place that was reached and the text up to there, together, for `connect(url, { restore })`. `undefined` as
   * long as there is no way back, and when it has ended.
   */
  save(): SavedStream | undefined;
  /**
   * Takes the stream's one loop.
   *
   * @throws {SSEError} `ALREADY_READ` when there is one: two would take events from each other.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<ReadEvent<Set>, undefined>;
}

/** What a link tells that has decoded its events already, or has its messages decoded here. */
export interface EventListener extends LinkListener {
  /** An event has come, with the ID of its message. */
  onEvent(event: AnyEvent, id?: string): void;
  /** There is nothing more to come, and nothing to throw. */
  onEnd(ending: Ending): void;
}

/** What a typed stream is made of. */
export interface EventStreamParts<Set> extends ReadOptions<Set> {
  restore?: SavedStream | undefined;
  /** Creates the link to what is read. */
  createLink: (told: EventListener) => Link;
  /** Where the stream can be read again, once that is known. */
  addressOf?: (() => string | undefined) | undefined;
}

/** Creates the stream of what comes over a link. Its first attempt is made at once. */
export function createEventStream<Set extends EventSet>({
  createLink,
  events,
  onGap,
  addressOf,
  restore,
  signal,
  snapshotMs = 16,
}: EventStreamParts<Set>): EventStream<Set> {
  /** What the link said of the end. */
  let told: Ending | undefined;
  const tally: Tally<Set> = { ...emptyTally(), ...restore };
  /** Where the loop is: the link is at the end of the last chunk. */
  let lastEventId = restore?.lastEventId;
  let state: StreamSnapshot<Set>["state"] = "connecting";
  let why: unknown;
  let retryAt: number | undefined;
  let ending: Ending | undefined;
  let tellEnd: (end: ReadEnd<Set>) => void;
  const ended = new Promise<ReadEnd<Set>>((resolve) => {
    tellEnd = resolve;
  });

  const reading = createReading<ReadEvent<Set>>({
    onTaken(event, id = lastEventId) {
      lastEventId = id;
      addTo(tally, event);
      if (event.type === "gap") onGap?.(event as unknown as GapEvent);
      snapshots.changed();
    },
    // Some senders end after an `error` event without the terminal: they have told how it ended.
    ending: () => tally.ending ?? told,
    onEnd(final) {
      ending = final;
      setState("ended", final.error);
      const { isWhole, result } = tally;
      tellEnd({ error: undefined, ...final, result, text: textOf(tally), isWhole });
    },
  });
  const setState = (next: typeof state, reason?: unknown, at?: number) => {
    if (state === "ended") return;
    state = next;
    if (reason !== undefined || next === "ended") why = reason;
    retryAt = at;
    snapshots.changed(true);
  };
  const snapshots = createSnapshots<StreamSnapshot<Set>>(() => {
    const { status, isWhole, result } = tally;
    const { attempt } = link;
    const outcome = ending?.outcome;
    const text = textOf(tally);
    return { state, attempt, retryAt, error: why, outcome, status, text, isWhole, result };
  }, snapshotMs);
  const onEvent: EventListener["onEvent"] = reading.add;
  const onEnd = (given: Ending) => {
    told ??= given;
  };
  const link = createLink({
    onMessage(message) {
      const event = told ? undefined : toEvent(message, events);
      if (event?.type === "done") onEnd({ outcome: "completed" });
      else if (event?.type === "rotate") link.rotate(message.retry);
      else if (event) onEvent(event, link.cursor.id);
    },
    onEvent,
    onEnd,
    onReset() {
      onEvent({ type: "reset" });
      const { id } = link.cursor;
      // What began anew has lost its beginning already.
      const gap: GapEvent = { type: "gap", oldest: id };
      if ((placeOf(id)?.[1] ?? 1) > 1) onEvent(gap);
    },
    onState: setState,
    isOver: () => (told ?? tally.ending) !== undefined,
  });

  const stream: EventStream<Set> = {
    get text() {
      return textOf(tally);
    },
    get ended() {
      reading.drain();
      return ended;
    },
    close: reading.close,
    save() {
      const url = reading.isOver ? undefined : addressOf?.();
      const text = textOf(tally);
      return url === undefined ? undefined : { url, lastEventId, text, isWhole: tally.isWhole };
    },
    getSnapshot: snapshots.getSnapshot,
    subscribe(onChange) {
      reading.drain();
      return snapshots.subscribe(onChange);
    },
    [Symbol.asyncIterator]: reading.iterate,
  };
  reading.start(link, signal);
  return stream;
}
