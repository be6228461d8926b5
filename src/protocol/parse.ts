import { createParser } from "eventsource-parser";
import { DecodeError } from "./errors.ts";
import type { SSEMessage } from "./message.ts";
import { positiveInteger } from "./options.ts";

/** What an {@link SSEParser} tells, in the order of the bytes. Handlers that throw end the feeding call. */
export interface SSEParserHandlers {
  onMessage: (message: SSEMessage) => unknown;
  onComment?: ((text: string) => void) | undefined;
  /**
   * The ID of a block, before its message and at its end; also of a block that holds no message, and then no later than
   * the next block. `false` leaves out the message that brought it.
   */
  onId?: ((id: string) => unknown) | undefined;
  /** Reconnection time in milliseconds, at the line that named it. */
  onRetry?: ((reconnectionTimeMs: number) => void) | undefined;
}

/** What a parser puts up with. */
export interface ParseOptions {
  /**
   * Largest data of one message, in UTF-16 units: one byte each for ASCII, up to three on the wire for other scripts.
   * It holds for what is complete and for what is not: a line that never ends, a message without its blank line, a
   * long line inside one chunk.
   *
   * @default 16_777_216 (16 MiB)
   */
  maxEventBytes?: number | undefined;
}

/**
 * A parser of one event stream, fed slice by slice. There is nothing to do at the end: a message without its blank line
 * is no message.
 */
export interface SSEParser {
  /**
   * The last event ID so far: `undefined` before the first, `''` after an empty one.
   * A message that brings none leaves it as it is; a block with an ID and no data moves it too.
   */
  readonly lastEventId: string | undefined;
  /**
   * Takes the next slice, cut anywhere. Handlers are called before it returns.
   *
   * @throws {DecodeError} `EVENT_TOO_LARGE`; from then on, on every call.
   */
  feed(bytes: Uint8Array): void;
}

const DEFAULT_MAX_EVENT_BYTES = 16_777_216;
/** The parser counts a pending line with its field name; the limit is for the data alone. */
const FIELD_NAME_ROOM = 6;

/**
 * Creates a parser of server-sent messages from bytes.
 *
 * One leading BOM is dropped, CR, LF and CRLF end lines, characters may be cut anywhere.
 *
 * @throws {RangeError} when `maxEventBytes` is not a positive integer.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * @example
 * const parser = createSSEParser({ onMessage: (message) => console.log(message.data) })
 * for await (const bytes of response.body) parser.feed(bytes)
 */
export function createSSEParser(
  { onMessage, onComment, onId, onRetry }: SSEParserHandlers,
  { maxEventBytes = DEFAULT_MAX_EVENT_BYTES }: ParseOptions = {},
): SSEParser {
  positiveInteger("maxEventBytes", maxEventBytes);
  // The parser below drops the BOM itself: a decoder that dropped one too would eat a second.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let lastEventId: string | undefined;
  /** An ID whose message may yet be refused: one that was not delivered must not move the reader's place. */
  let pendingId: string | undefined;
  let isWanted = true;
  let retry: number | undefined;
  let failure: DecodeError | undefined;

  const refuse = () => {
    failure = new DecodeError("EVENT_TOO_LARGE", `an event is above ${maxEventBytes}`);
    throw failure;
  };
  const takeId = () => {
    if (pendingId === undefined) return;
    lastEventId = pendingId;
    pendingId = undefined;
    isWanted = onId?.(lastEventId) !== false;
  };
  const parser = createParser({
    maxBufferSize: maxEventBytes + FIELD_NAME_ROOM,
    onError({ type }) {
      if (type === "max-buffer-size-exceeded") refuse();
    },
    onId(id) {
      takeId();
      pendingId = id;
    },
    onRetry(ms) {
      retry = ms;
      onRetry?.(ms);
    },
    onComment,
    onEvent(message) {
      const { data, event = "", id = "" } = message;
      if (Math.max(data.length, event.length, id.length) > maxEventBytes) refuse();
      takeId();
      if (isWanted || message.id === undefined) {
        onMessage(retry === undefined ? message : { ...message, retry });
      }
      retry = undefined;
    },
  });

  return {
    get lastEventId() {
      return lastEventId;
    },
    feed(bytes) {
      if (failure) throw failure;
      parser.feed(decoder.decode(bytes, { stream: true }));
      takeId();
    },
  };
}

/**
 * Parses a whole event stream that is already there: the pair of `encodeSSE`.
 *
 * @param stream - Text, bytes, or slices of bytes cut anywhere.
 * @throws {DecodeError} `EVENT_TOO_LARGE`.
 * @example
 * parseSSE('data: hello\n\n') // [{ data: 'hello' }]
 */
export function parseSSE(
  stream: string | Uint8Array | Iterable<Uint8Array>,
  options?: ParseOptions,
): SSEMessage[] {
  const messages: SSEMessage[] = [];
  const parser = createSSEParser({ onMessage: (message) => messages.push(message) }, options);
  if (typeof stream === "string") parser.feed(new TextEncoder().encode(stream));
  else if (stream instanceof Uint8Array) parser.feed(stream);
  else for (const bytes of stream) parser.feed(bytes);
  return messages;
}
