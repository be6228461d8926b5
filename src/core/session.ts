import { plainForm } from "../protocol/codec.ts";
import { SSEError } from "../protocol/errors.ts";
import type { AnyEvent, ErrorEvent } from "../protocol/events.ts";
import { ABORTED, DROPPED, outcomeOf } from "../protocol/outcome.ts";
import type { EventSink } from "./event-sink.ts";
import type { Life, Verdict } from "./life.ts";
import type { ExposeError } from "./mask.ts";
import { toErrorEvent } from "./mask.ts";

/**
 * The answer of `send`. `false`: not accepted, the stream is over or the event was `droppable` under pressure.
 * A promise: accepted. It resolves with `true` when there is room for more, which is at once unless the reader is
 * behind, or with `false` when the stream ended meanwhile, and never rejects. So `if (stream.send(e))` asks, and `await`
 * goes at the reader's pace.
 */
export type Sent = false | PromiseLike<boolean>;

/** Accepted, and there is room. One for all: waiting for `true` would make a promise of it each time. */
export const ACCEPTED: PromiseLike<true> = Promise.resolve(true as const);
const TERMINAL: AnyEvent = Object.freeze({ type: "done" });
const TOO_FAR_BEHIND = errorEvent("The reader fell too far behind.", DROPPED);
const STOPPED = errorEvent("The stream was stopped.", ABORTED);

/**
 * The producer's side of one stream.
 *
 * `send`, `close` and `fail` never throw and leave no rejected promise behind, in any order and at any time:
 * before, during and after the reader leaves. After the end they answer `false` or do nothing.
 */
export class SessionCore<E extends AnyEvent> {
  readonly #sink: EventSink;
  readonly #life: Life;
  readonly #exposeError: ExposeError | undefined;
  #refused = 0;
  #isFailing = false;

  constructor(sink: EventSink, life: Life, exposeError?: ExposeError) {
    this.#sink = sink;
    this.#life = life;
    this.#exposeError = exposeError;
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
    return this.#life.phase === "open" ? this.#sink.desiredSize : 0;
  }

  /**
   * Sends one event. An `error` event ends the stream as failed, `done` ends it as completed.
   *
   * An event that JSON or its schema does not allow ends the stream as failed: the `EncodeError` is in `onEnd`.
   */
  send(event: E): Sent {
    if (this.#life.phase !== "open") return this.#refuse();
    try {
      if (event?.type === "done") return this.#finish([TERMINAL], { outcome: "completed" });
      if (event?.type === "error")
        return this.#finish([event, TERMINAL], toldBy(event as AnyEvent as ErrorEvent));
      if (!this.#sink.add(event)) return this.#notKept();
    } catch (error) {
      this.fail(error);
      return this.#refuse();
    }
    return this.#accepted();
  }

  /** Sends an event that is a type and a text: {@link send} without what such an event needs no check for. */
  sendText(type: string, textField: string, text: string): Sent {
    if (this.#life.phase !== "open") return this.#refuse();
    try {
      return this.#sink.addText(type, textField, text) ? this.#accepted() : this.#notKept();
    } catch (error) {
      this.fail(error);
      return this.#refuse();
    }
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
    if (this.#life.phase !== "open" || this.#isFailing) return;
    // `exposeError` is the application's, and may come back here.
    this.#isFailing = true;
    const told = toErrorEvent(error, this.#exposeError);
    this.#finish([told, TERMINAL], { outcome: outcomeOf(told), error, errorId: told.errorId });
  }

  /** Sends the event of `type` that has `payload`. What every shorthand but those with a place for their field does. */
  sendPayload(type: string, payload: object | (() => object)): Sent {
    try {
      return this.send(toEventOf(type, typeof payload === "function" ? payload() : payload) as E);
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
      text: this.#sink.text.toString(),
      textIsWhole: this.#sink.text.isWhole,
      accepted: this.#sink.added,
      refused: this.#refused,
    };
  }

  /** @throws {EncodeError} when one of the events cannot go out; then nothing was changed. */
  #finish(events: AnyEvent[], verdict: Verdict): Sent {
    const frames = events.map((event) => this.#sink.encode(event));
    // Encoding calls the application's code (a getter, `toJSON`, `exposeError`), which may have ended the stream.
    if (this.#life.phase !== "open") return this.#refuse();
    this.#sink.finish(frames);
    this.#life.drain(verdict);
    return ACCEPTED;
  }

  #accepted(): Sent {
    return this.#sink.desiredSize > 0 ? ACCEPTED : this.#roomAgain();
  }

  /** Apart, since a function that makes a closure sets up for it each time it is called. */
  #roomAgain(): Promise<boolean> {
    return this.#sink.ready.then(() => this.#life.phase !== "ended");
  }

  #notKept(): Sent {
    const { overflow } = this.#sink;
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
}

/** What an `error` event of the producer's own means: its code may name another outcome, and both ends read it alike. */
function toldBy(event: ErrorEvent): Verdict {
  const error = new SSEError("ERROR_EVENT", "the producer sent an `error` event", { cause: event });
  const { errorId } = event;
  return { outcome: outcomeOf(event), error, ...(typeof errorId === "string" && { errorId }) };
}

function errorEvent(message: string, code: string): AnyEvent {
  return Object.freeze({ type: "error", message, code } satisfies ErrorEvent);
}

function toEventOf(type: string, payload: object): AnyEvent {
  const fields = plainForm(payload);
  if (
    typeof fields !== "object" ||
    fields === null ||
    Array.isArray(fields) ||
    fields instanceof Error
  ) {
    throw new TypeError(`the payload of \`${type}\` must be an object with fields`);
  }
  // `type` comes first on the wire, and nothing in the payload can change it.
  return Object.assign({ type }, fields, { type });
}
