import type { EventDefinition, EventSet, ReadEvent } from "./define.ts";
import { baseEvents } from "./define.ts";
import { encodeSSE, needsEscape, quote, toJSON } from "./encode.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import type { AnyEvent, DoneEvent, RotateEvent, UnknownEvent } from "./events.ts";
import type { SSEMessage } from "./message.ts";

/** The terminal on the wire: a raw word, no JSON, as readers of this form have always known it. */
export const DONE = "[DONE]";

/** Types that say something to the reader's own machinery: no event of the application's may say it. */
const RESERVED = /^(gap|rotate|reset|unknown|)$/;

export interface ToMessageOptions {
  /**
   * Also names the event in the message's `event` field, for native listeners. Never for `error`: a native
   * EventSource would take it for an error of its own.
   *
   * @default false
   */
  eventField?: boolean;
}

/**
 * Converts an event to the message that carries it: its JSON, or `[DONE]` for the terminal.
 *
 * The event is encoded at once: what becomes of the object later does not reach the wire.
 *
 * @throws {EncodeError} `SCHEMA_MISMATCH` when `events` defines a schema that the event does not meet.
 * @throws {EncodeError} `NOT_SERIALISABLE` when it has no `type`, or JSON cannot hold it.
 * @example
 * encodeSSE(toMessage({ type: 'chunk', content: 'Hello' }))
 */
// What an object that is written here has beside its type is all right, which a type of the argument would not allow.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function toMessage<E extends AnyEvent>(
  event: E,
  events: EventSet = baseEvents,
  { eventField = false }: ToMessageOptions = {},
): SSEMessage {
  const plain = outgoing(event, events);
  if (plain.type === "done") return { data: DONE };
  const data = toJSON(plain);
  return eventField && plain.type !== "error" ? { data, event: plain.type } : { data };
}

/**
 * Encodes an event that {@link outgoing} has let pass as its frame.
 *
 * @throws {EncodeError} `NOT_SERIALISABLE` when JSON cannot hold it.
 */
export function encodeEvent(event: AnyEvent, eventField: boolean): string {
  const { type } = event;
  if (type === "done") return encodeSSE({ data: DONE });
  return encodeSSE(eventField && type !== "error" ? { data: event, event: type } : { data: event });
}

/** What stands after the text in the frame of an event that is a type and then a text. */
export const AFTER_TEXT = '"}\n\n';

/** What stands before it. */
export function beforeText(type: string, textField: string, eventField: boolean): string {
  const frameOfNone = encodeEvent({ type, [textField]: "" }, eventField);
  return frameOfNone.slice(0, -AFTER_TEXT.length);
}

/** Encodes an event that is nothing but a type and a text, as its frame. */
export function encodeText(before: string, text: string): string {
  return before + (needsEscape(text) ? escaped(text) : text) + AFTER_TEXT;
}

/** Encodes events of one type that differ in nothing but their text, as their frames one after another. */
export function encodeTexts(before: string, texts: readonly string[], needEscape: boolean): string {
  const written = needEscape ? texts.map(escaped) : texts;
  return before + written.join(AFTER_TEXT + before) + AFTER_TEXT;
}

function escaped(text: string): string {
  return quote(text).slice(1, -1);
}

/** The text of an event that is nothing but its type and then its text, so that it can be written as one. */
export function bareText(event: AnyEvent, textField: string): string | undefined {
  let place = 0;
  for (const name in event) {
    if (name !== (place === 0 ? "type" : textField)) return undefined;
    place += 1;
  }
  // Read once, and looked at after: what a getter answers here is what goes out.
  const text: unknown = (event as unknown as Record<string, unknown>)[textField];
  return place === 2 && typeof text === "string" ? text : undefined;
}

/**
 * The value that JSON would write: one that has a form of its own for it (`toJSON`) is asked for that form, once.
 * What it keeps to itself stays there.
 *
 * @throws {EncodeError} `NOT_SERIALISABLE` when that throws.
 */
export function plainForm(value: unknown): unknown {
  const { toJSON: convert } = (value ?? {}) as { toJSON?: unknown };
  if (typeof convert !== "function") return value;
  try {
    return convert.call(value, "") as unknown;
  } catch (cause) {
    throw new EncodeError("NOT_SERIALISABLE", "data", "`toJSON` of the value threw", { cause });
  }
}

/**
 * Converts a message to its event.
 *
 * @returns `undefined` when the message holds nothing (its data is empty or blank); an `unknown` event when its
 * type is not defined in `events`, so that an old reader survives a new server.
 * @throws {DecodeError} `INVALID_JSON`, or `INVALID_EVENT` when a *defined* event is malformed; `field` is the path.
 * @example
 * toEvent({ data: '[DONE]' }) // { type: 'done' }
 */
export function toEvent<Set extends EventSet>(
  message: SSEMessage,
  events: Set = baseEvents as unknown as Set,
): ReadEvent<Set> | DoneEvent | RotateEvent | undefined {
  const { data } = message;
  if (data === DONE) return { type: "done" };
  const value = parseJSON(data);
  if (value === undefined) return undefined;
  return decode(value, message, events) as unknown as ReadEvent<Set>;
}

function decode(value: unknown, message: SSEMessage, events: EventSet): AnyEvent | UnknownEvent {
  const type = (value as AnyEvent | null)?.type;
  const definition = events.definitions.get(type as string);
  // The terminal has one form on the wire. An object that calls itself `done` is somebody else's event.
  if (!definition || type === "done") {
    if (type === "gap" || type === "rotate") return value as AnyEvent;
    const name = typeof type === "string" ? type : message.event;
    return { type: "unknown", name, value } satisfies UnknownEvent;
  }
  const checked = check(value as AnyEvent, definition);
  if (typeof checked !== "string") return checked;
  throw new DecodeError("INVALID_EVENT", mismatch(type as string, checked), { field: checked });
}

/**
 * The event as it may go out: its plain form, checked.
 *
 * @throws {EncodeError} as {@link toMessage}.
 */
export function outgoing(event: AnyEvent, events: EventSet): AnyEvent {
  const plain = plainForm(event) as AnyEvent | null | undefined;
  // Its own, since JSON writes nothing that is inherited.
  if (
    typeof plain !== "object" ||
    plain === null ||
    !Object.hasOwn(plain, "type") ||
    typeof plain.type !== "string"
  ) {
    throw new EncodeError(
      "NOT_SERIALISABLE",
      "type",
      "an event must be an object with a string `type` of its own",
    );
  }
  const { type } = plain;
  if (RESERVED.test(type)) {
    throw new EncodeError("INVALID_FIELD", "type", "`type` must not be one of the protocol's own");
  }
  const definition = events.definitions.get(type);
  const checked = definition && check(plain, definition);
  if (typeof checked === "string") {
    throw new EncodeError("SCHEMA_MISMATCH", checked, mismatch(type, checked));
  }
  return plain;
}

/** Answers the event as its definition sees it, or the path of the field that is wrong with it. */
function check(
  event: AnyEvent,
  { check: bySchema, textField }: EventDefinition,
): AnyEvent | string {
  if (bySchema) return bySchema(event);
  const isMalformed =
    textField && typeof (event as unknown as Record<string, unknown>)[textField] !== "string";
  return isMalformed ? textField : event;
}

function mismatch(type: string, field: string): string {
  return `\`${type}\` does not match its definition${field && ` at \`${field}\``}`;
}

function parseJSON(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    // `[DONE]` and blank data are no JSON either; only the latter is left here. V8's SyntaxError quotes the
    // payload, so it is not kept as the cause.
    if (data.trim() === "") return undefined;
    throw new DecodeError("INVALID_JSON", "the data is no JSON");
  }
}
