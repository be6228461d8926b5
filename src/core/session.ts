import type { EventSet, SentEvent } from "../protocol/define.ts";
import { SSEError } from "../protocol/errors.ts";
import type { AnyEvent, ErrorEvent, EventOrigin } from "../protocol/events.ts";
import { ABORTED, DROPPED } from "../protocol/outcome.ts";
import type { Life, Verdict } from "./life.ts";
import type { ExposeError } from "./mask.ts";
import { toErrorEvent } from "./mask.ts";
import type { Outbox } from "./outbox.ts";
import { GrowingText } from "./text.ts";

/**
 * The answer of `send`. `false`: not accepted, the stream is over or the event was `droppable` under pressure.
 * `true`: accepted. A promise: accepted, but the reader is behind; it resolves when there is room again
 * (`true`) or when the stream ended (`false`), and never rejects. So `if (stream.send(e))` asks, and `await`
 * goes at the reader's pace.
 */
export type Sent = boolean | PromiseLike<boolean>;

const TERMINAL: AnyEvent = Object.freeze({ type: "done" });
/** Types whose one field has a place of its own in the shorthand. */
const POSITIONAL: Readonly<Record<string, string>> = { status: "status", chunk: "content" };
const TOO_FAR_BEHIND = errorEvent("The reader fell too far behind.", DROPPED);
const STOPPED = errorEvent("The stream was stopped.", ABORTED);

/** The payload of one event type: its fields beside `type`. */
type PayloadOf<E extends AnyEvent, Type extends string> =
  Extract<E, { type: Type }> extends infer Found ? Omit<Found, "type"> : never;

type Shorthands<E extends AnyEvent> = {
  [Type in Exclude<E["type"], "done" | "status" | "chunk" | "result">]: (
    payload: PayloadOf<E, Type>,
  ) => Sent;
} & ("result" extends E["type"] ? { result: (payload: ResultOf<E>) => Sent } : unknown) &
  ("status" extends E["type"]
    ? {
        status: (
          status: FieldOf<E, "status", "status">,
          more?: MoreOf<E, "status", "status">,
        ) => Sent;
      }
    : unknown) &
  ("chunk" extends E["type"]
    ? {
        chunk: (
          content: FieldOf<E, "chunk", "content">,
          more?: MoreOf<E, "chunk", "content">,
        ) => Sent;
      }
    : unknown);

type FieldOf<E, Type extends string, Field extends string> =
  Extract<E, { type: Type }> extends Record<Field, infer Value> ? Value : never;
type MoreOf<E, Type extends string, Field extends string> = Omit<
  Extract<E, { type: Type }>,
  "type" | Field
> &
  EventOrigin;
/** `Omit` would turn the open built-in result into nothing: an index signature swallows its own names. */
type ResultOf<E> =
  Extract<E, { type: "result" }> extends infer Found
    ? string extends keyof Found
      ? { readonly [field: string]: unknown }
      : Omit<Found, "type">
    : never;

/** What a producer holds: its events' typed `send`, a shorthand for each type, and the stream's signal. */
export type Session<Set extends EventSet> = SessionCore<SentEvent<Set>> &
  Shorthands<SentEvent<Set>>;

/** What a producer function may return: the payload of the `result` event, or nothing. */
export type ResultPayload<Set> = ResultOf<SentEvent<Set>>;

export interface SessionOptions {
  exposeError?: ExposeError | undefined;
  maxTextLength: number;
}

/**
 * The producer's side of one stream.
 *
 * `send`, `close` and `fail` never throw and leave no rejected promise behind, in any order and at any time:
 * before, during and after the reader leaves. After the end they answer `false` or do nothing.
 */
export class SessionCore<E extends AnyEvent> {
  readonly #outbox: Outbox;
  readonly #life: Life;
  readonly #exposeError: ExposeError | undefined;
  readonly #text: GrowingText;
  #refused = 0;

  constructor(outbox: Outbox, life: Life, { exposeError, maxTextLength }: SessionOptions) {
    this.#outbox = outbox;
    this.#life = life;
    this.#exposeError = exposeError;
    this.#text = new GrowingText(maxTextLength);
  }

  /** Aborts, with a reason, when nobody is left to work for: give it to everything that costs. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Whether `send` can still be accepted. */
  get isOpen(): boolean {
    return this.#life.phase === "open";
  }

  /** Events to go until `send` asks to wait; 0 or less: the reader is behind. */
  get desiredSize(): number {
    return this.#life.phase === "open" ? this.#outbox.desiredSize : 0;
  }

  /**
   * Sends one event. An `error` event ends the stream as failed, `done` ends it as completed.
   *
   * An event that JSON or its schema does not allow ends the stream as failed: the `EncodeError` is in `onEnd`.
   */
  send(event: E): Sent {
    if (this.#life.phase !== "open") return this.#refuse();
    if (event?.type === "done") return this.#finish([TERMINAL], { outcome: "completed" });
    try {
      if (event?.type === "error") {
        return this.#finish([event, TERMINAL], {
          outcome: "failed",
          error: new SSEError("ERROR_EVENT", "the producer sent an `error` event", {
            cause: event,
          }),
        });
      }
      if (!this.#outbox.add(event)) return this.#notKept();
    } catch (error) {
      this.fail(error);
      return this.#refuse();
    }
    this.#collectText(event);
    if (this.#outbox.desiredSize > 0) return true;
    return this.#outbox.ready.then(() => this.#life.phase !== "ended");
  }

  /**
   * Ends the stream well: what is held flows out, then `result` as the result event when given, then the terminal.
   */
  close(result?: object): void {
    if (this.#life.phase !== "open") return;
    try {
      const events = result === undefined ? [TERMINAL] : [toEventOf("result", result), TERMINAL];
      this.#finish(events, { outcome: "completed" });
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * Ends the stream with an error: what is held flows out, then an `error` event that tells a code, a plain
   * sentence and an id (more only if `exposeError` allows), then the terminal. The original goes to `onEnd`.
   */
  fail(error: unknown): void {
    if (this.#life.phase !== "open") return;
    const told = toErrorEvent(error, this.#exposeError);
    this.#finish([told, TERMINAL], { outcome: "failed", error, errorId: told.errorId });
  }

  /** Sends the event of `type` that has `payload`. What every shorthand but those with a place for their field does. */
  sendPayload(type: string, payload: object): Sent {
    try {
      return this.send(toEventOf(type, payload) as E);
    } catch (error) {
      this.fail(error);
      return this.#refuse();
    }
  }

  /** Somebody ends the stream on purpose: the reader is told so, after what is held. */
  stop(reason: unknown): void {
    if (this.#life.phase !== "open") return;
    this.#finish([STOPPED, TERMINAL], { outcome: "aborted", error: reason });
  }

  /** What `onEnd` is told about the way so far. */
  describe(): { text: string; textIsWhole: boolean; accepted: number; refused: number } {
    return {
      text: this.#text.toString(),
      textIsWhole: this.#text.isWhole,
      accepted: this.#outbox.added,
      refused: this.#refused,
    };
  }

  #finish(events: AnyEvent[], verdict: Verdict): true {
    this.#outbox.finish(events);
    this.#life.drain(verdict);
    return true;
  }

  #notKept(): Sent {
    const { overflow } = this.#outbox;
    if (overflow !== undefined) {
      this.#finish([TOO_FAR_BEHIND, TERMINAL], {
        outcome: "dropped",
        error: overflow,
      });
    }
    return this.#refuse();
  }

  #refuse(): false {
    this.#refused += 1;
    return false;
  }

  #collectText(event: AnyEvent): void {
    const { content } = event as { content?: unknown };
    if (event.type === "chunk" && typeof content === "string") this.#text.append(content);
  }
}

type Constructor = new (
  outbox: Outbox,
  life: Life,
  options: SessionOptions,
) => SessionCore<AnyEvent>;

/** One class for each set of events, made once: a session of many shorthands weighs as much as one of none. */
const classes = new WeakMap<EventSet, Constructor>();

/** The session class that has a shorthand for each event of `events`. */
export function sessionClass(events: EventSet): Constructor {
  const known = classes.get(events);
  if (known) return known;
  const made = class Session extends SessionCore<AnyEvent> {};
  for (const type of events.definitions.keys()) {
    if (type !== "done") Object.defineProperty(made.prototype, type, { value: shorthand(type) });
  }
  classes.set(events, made);
  return made;
}

function errorEvent(message: string, code: string): AnyEvent {
  return Object.freeze({ type: "error", message, code } satisfies ErrorEvent);
}

function shorthand(type: string) {
  const field = POSITIONAL[type];
  return field === undefined
    ? function (this: SessionCore<AnyEvent>, payload: object): Sent {
        return this.sendPayload(type, payload);
      }
    : function (this: SessionCore<AnyEvent>, value: unknown, more?: object): Sent {
        // Two shapes written out: the engine makes a computed key anew for every event.
        const event = field === "content" ? { type, content: value } : { type, status: value };
        return this.send(more === undefined ? event : { ...event, ...more, ...event });
      };
}

function toEventOf(type: string, payload: object): AnyEvent {
  if (typeof payload !== "object" || payload === null) {
    const got = payload === null ? "null" : typeof payload;
    throw new TypeError(`the payload of \`${type}\` must be an object, got ${got}`);
  }
  // `type` comes first on the wire, and nothing in the payload can change it.
  return Object.assign({ type }, payload, { type });
}
