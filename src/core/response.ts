import { SSE_HEADERS } from "../protocol/http.ts";

export interface ToResponseOptions {
  /** Headers beside the stream's own, which they may replace. */
  headers?: HeadersInit | undefined;
}

/**
 * Converts the bytes of an event stream to the response that carries them.
 *
 * @param body - Owned by the response from then on: cancelling one cancels the other.
 * @example
 * return toResponse(toByteStream(producer), { headers: { 'Access-Control-Allow-Origin': origin } })
 */
export function toResponse(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  { headers }: ToResponseOptions = {},
): Response {
  const all = new Headers(SSE_HEADERS);
  new Headers(headers).forEach((value, name) => all.set(name, value));
  return new Response(body, { status: 200, headers: all });
}
