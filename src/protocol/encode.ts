import { EncodeError } from "./errors.ts";
import type { SSEMessage } from "./message.ts";

const DATA = "data: ";
const FURTHER_DATA = "\ndata: ";
export const END_OF_FRAME = "\n\n";
const LINE_END = /\r\n|\r|\n/g;
const BREAKS_A_FIELD = /[\r\n\0]/;
/** Anything but what JSON writes as it is. Surrogates too: a lone one is escaped, and telling which takes longer. */
const NEEDS_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]/;
/** What JSON escapes of ASCII. */
const ESCAPED = ['"', "\\", ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))];

/** What {@link encodeSSE} takes: a message whose `data` may be any value that JSON can hold. */
export type EncodableMessage = Omit<SSEMessage, "data"> & { data: unknown };

/**
 * Encodes one message as one frame.
 *
 * A string goes out as it is, line by line; any other value as JSON. Nothing that a caller passes can
 * write a field or an event of its own.
 *
 * @throws {EncodeError} `INVALID_FIELD` when `id` or `event` holds CR, LF or NUL, when `event` is empty, or
 * when `retry` is not a non-negative integer.
 * @throws {EncodeError} `NOT_SERIALISABLE` when `data` is `undefined`, holds a cycle or a BigInt, or is text
 * that UTF-8 cannot carry (a lone surrogate).
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * @example
 * encodeSSE({ data: { type: 'status', status: 'analyzing' } })
 * // 'data: {"type":"status","status":"analyzing"}\n\n'
 */
export function encodeSSE(message: EncodableMessage): string {
  const { data } = message;
  const body = typeof data === "string" ? dataLines(data) : toJSON(data);
  return beforeData(message) + body + END_OF_FRAME;
}

/** All of a frame that stands before what its message holds. */
export function beforeData({ event, id, retry }: EncodableMessage): string {
  let head = "";
  if (event !== undefined) head += `event: ${eventName(event)}\n`;
  if (id !== undefined) head += `id: ${singleLine("id", id)}\n`;
  if (retry !== undefined) head += `retry: ${reconnectionTime(retry)}\n`;
  return head + DATA;
}

/** Gives `frame`, which has none, its id. With an empty frame: what tells a reader its place and nothing else. */
export function withId(id: string, frame = "\n"): string {
  return `id: ${id}\n${frame}`;
}

/** Whether JSON writes some of `text` in another way than it stands there. */
export function needsEscape(text: string): boolean {
  return NEEDS_ESCAPE.test(text);
}

/** Engines look for one character many bytes at a time: a text of this length has been looked through for all sooner. */
const LONG = 1_024;

/** As {@link needsEscape}, for ASCII. */
export function asciiNeedsEscape(text: string): boolean {
  if (text.length < LONG) return needsEscape(text);
  return ESCAPED.some((character) => text.includes(character));
}

/** Converts text to a JSON string, as `JSON.stringify` does, only sooner where nothing needs an escape. */
export function quote(text: string): string {
  return needsEscape(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * Encodes `text` as one frame of comment lines, which every reader ignores.
 *
 * @throws {EncodeError} `NOT_SERIALISABLE` when `text` is no well-formed string.
 * @example
 * encodeComment('heartbeat') // ': heartbeat\n\n'
 */
export function encodeComment(text: string): string {
  return `: ${wellFormed("comment", text).replace(LINE_END, "\n: ")}${END_OF_FRAME}`;
}

/**
 * Converts a value to JSON, on one line, as the payload of a message.
 *
 * @throws {EncodeError} `NOT_SERIALISABLE`, with the original as its cause, when JSON cannot hold the value.
 */
export function toJSON(value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    throw new EncodeError("NOT_SERIALISABLE", "data", "`data` cannot be written as JSON", {
      cause,
    });
  }
  if (json === undefined) {
    throw new EncodeError(
      "NOT_SERIALISABLE",
      "data",
      `\`data\` must be a value that JSON can hold, got ${typeof value}`,
    );
  }
  return json;
}

/** Text as the lines of an event's data, from its first line's text on. */
export function dataLines(text: string): string {
  wellFormed("data", text);
  // Most payloads are one line of JSON: two scans that find nothing are cheaper than one regular expression.
  if (text.indexOf("\r") >= 0) return text.replace(LINE_END, FURTHER_DATA);
  let end = text.indexOf("\n");
  let whole = "";
  let from = 0;
  // Slices copy nothing: the text is copied once, when the frame is encoded.
  for (; end >= 0; end = text.indexOf("\n", from)) {
    whole += text.slice(from, end) + FURTHER_DATA;
    from = end + 1;
  }
  return from === 0 ? text : whole + text.slice(from);
}

function eventName(event: string): string {
  if (event === "") {
    throw new EncodeError("INVALID_FIELD", "event", "`event` must not be empty: leave it out");
  }
  return singleLine("event", event);
}

function singleLine(field: "event" | "id", value: string): string {
  if (typeof value !== "string") {
    throw new EncodeError(
      "INVALID_FIELD",
      field,
      `\`${field}\` must be a string, got ${typeof value}`,
    );
  }
  if (BREAKS_A_FIELD.test(value)) {
    throw new EncodeError("INVALID_FIELD", field, `\`${field}\` must not hold CR, LF or NUL`);
  }
  return wellFormed(field, value);
}

function reconnectionTime(retry: number): number {
  if (!Number.isSafeInteger(retry) || retry < 0) {
    throw new EncodeError(
      "INVALID_FIELD",
      "retry",
      `\`retry\` must be a non-negative integer of milliseconds, got ${typeof retry === "number" ? retry : typeof retry}`,
    );
  }
  // -0 is the integer 0, and is written as such.
  return retry + 0;
}

function wellFormed(field: string, text: string): string {
  if (typeof text !== "string" || !text.isWellFormed()) {
    throw new EncodeError(
      "NOT_SERIALISABLE",
      field,
      typeof text === "string"
        ? `\`${field}\` must be well-formed Unicode: it holds a lone surrogate`
        : `\`${field}\` must be a string, got ${typeof text}`,
    );
  }
  return text;
}
