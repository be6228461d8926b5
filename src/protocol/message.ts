/**
 * The fields of one server-sent message.
 *
 * Absent and empty are two answers: `id: ''` clears the reader's last event ID, no `id` leaves it as it is.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export interface SSEMessage {
  /** The payload. Line ends (CR, LF, CRLF) arrive as LF: the format knows no other. */
  data: string;
  /** Name for native listeners. Absent means `message`. */
  event?: string | undefined;
  /** Becomes the reader's last event ID. */
  id?: string | undefined;
  /** Reconnection time in milliseconds. */
  retry?: number | undefined;
}
