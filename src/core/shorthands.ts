import type { BaseEvents, EventSet, SentEvent } from "../protocol/define.ts";
import type { AnyEvent, EventOrigin } from "../protocol/events.ts";
import type { EventSink } from "./event-sink.ts";
import type { Life } from "./life.ts";
import type { ExposeError } from "./mask.ts";
import type { Sent } from "./session.ts";
import { SessionCore } from "./session.ts";

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
      ? object
      : Omit<Found, "type">
    : never;

/** What a producer holds: its events' typed `send`, a shorthand for each type, and the stream's signal. */
export type Session<Set extends EventSet = BaseEvents> = Pick<
  SessionCore<SentEvent<Set>>,
  "send" | "close" | "fail" | "signal" | "isOpen" | "desiredSize"
> &
  Shorthands<SentEvent<Set>>;

/** What a producer function may return: the payload of the `result` event, or nothing. */
export type ResultPayload<Set = BaseEvents> = ResultOf<SentEvent<Set>>;

/** Types whose one field has a place of its own in the shorthand. */
const POSITIONAL = new Map([
  ["status", "status"],
  ["chunk", "content"],
]);

type Constructor = new (
  sink: EventSink,
  life: Life,
  exposeError?: ExposeError,
) => SessionCore<AnyEvent>;

/** One class for each set of events, made once: a session of many shorthands weighs as much as one of none. */
const classes = new WeakMap<EventSet, Constructor>();

/** The session class that has a shorthand for each event of `events`. */
export function sessionClass(events: EventSet): Constructor {
  const known = classes.get(events);
  if (known) return known;
  const made = class Session extends SessionCore<AnyEvent> {};
  for (const type of events.definitions.keys()) {
    if (type !== "done") defineOwn(made.prototype, type, shorthand(type, events));
  }
  for (const name of ["send", "close", "fail"] as const) {
    const method: Shorthand = SessionCore.prototype[name];
    defineOwn(made.prototype, name, (session) => (value) => method.call(session, value));
  }
  classes.set(events, made);
  return made;
}

type Shorthand = (value: never, more?: object) => unknown;

/** Answers what makes a session's own shorthand for `type`. */
function shorthand(
  type: string,
  { definitions }: EventSet,
): (session: SessionCore<AnyEvent>) => Shorthand {
  const field = POSITIONAL.get(type);
  if (field === undefined) return (session) => (payload) => session.sendPayload(type, payload);
  // That it is a text is all that the built-in definition asks of it.
  const isText = definitions.get(type)?.textField === field;
  return (session) => (value: unknown, more) => {
    if (typeof value === "object") return session.sendPayload(type, value as object);
    if (more !== undefined) return session.sendPayload(type, payloadOf(field, value, more));
    if (isText && typeof value === "string") return session.sendText(type, field, value);
    return session.send({ type, [field]: value });
  };
}

/** Put together where it is sent: a getter of `more` may throw. */
function payloadOf(field: string, value: unknown, more: object): () => object {
  return () => ({ [field]: value, ...more, [field]: value });
}

/**
 * Defines a method that stays with its session: `emitter.on("token", stream.chunk)` must not throw out of the
 * emitter. Made when it is first asked for, so that a session pays for those that are used; and not by `bind`, since of a
 * function that is bound anew for each session the engine cannot write the body in place of the call.
 */
function defineOwn(
  prototype: object,
  name: string,
  make: (session: SessionCore<AnyEvent>) => Shorthand,
): void {
  Object.defineProperty(prototype, name, {
    get(this: SessionCore<AnyEvent>) {
      const value: unknown = make(this);
      Object.defineProperty(this, name, { value });
      return value;
    },
  });
}
