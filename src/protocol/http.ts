// The names that HTTP gives to an event stream. Every literal of it lives here and nowhere else.

/** The media type of an event stream. It is UTF-8 by definition: a charset parameter would say nothing. */
export const EVENT_STREAM = "text/event-stream";

export const ACCEPT = "Accept";
export const ALLOW = "Allow";
export const CACHE_CONTROL = "Cache-Control";
export const CONTENT_LENGTH = "Content-Length";
/** Names, in the answer to a request that began something, where that can be read again. */
export const CONTENT_LOCATION = "Content-Location";
export const CONTENT_TYPE = "Content-Type";

/** Names what a request asks for, so that asking twice is asking once. */
export const IDEMPOTENCY_KEY = "Idempotency-Key";
/** Tells the server what its reader got last. */
export const LAST_EVENT_ID = "Last-Event-ID";
/** The same in a query, for requests that cannot have the header. */
export const LAST_EVENT_ID_PARAMETER = "lastEventId";
export const RETRY_AFTER = "Retry-After";

/** What a host says of its own hop and body: a stream that said it too would break the response. */
export const HOST_HEADERS: readonly string[] = ["Connection", CONTENT_LENGTH, "Transfer-Encoding"];

/**
 * The head of every event stream.
 *
 * `no-transform` keeps compressing layers from holding events back, `X-Accel-Buffering` does the same for
 * nginx and those that follow it, `private, no-store` keeps one reader's stream from another.
 * `Connection` and `Transfer-Encoding` are absent on purpose: they belong to the hop, and HTTP/2 forbids them.
 *
 * @example
 * return new Response(toByteStream(producer), { headers: SSE_HEADERS })
 */
export const SSE_HEADERS = /* @__PURE__ */ Object.freeze({
  "Content-Type": EVENT_STREAM,
  "Cache-Control": "private, no-cache, no-store, no-transform",
  "X-Accel-Buffering": "no",
  "X-Content-Type-Options": "nosniff",
});

/**
 * Answers whether a `Content-Type` names an event stream. Parameters are ignored, as the standard asks.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
 */
export function isEventStream(contentType: string | null | undefined): boolean {
  return new RegExp(`^\\s*${EVENT_STREAM}\\s*(;|$)`, "i").test(`${contentType}`);
}
