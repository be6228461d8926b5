import { HOST_HEADERS, SSE_HEADERS } from "../protocol/http.ts";
import { refuse } from "../protocol/options.ts";

/** What {@link toResponse} takes beside the body. */
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
  checkHeaders(headers).forEach((value, name) => {
    if (addsUp(name)) all.append(name, value);
    else all.set(name, value);
  });
  return new Response(body, { status: 200, headers: all });
}

function toHeaders(given: HeadersInit | undefined): Headers {
  try {
    return new Headers(given);
  } catch (cause) {
    return refuse("headers", "what `Headers` takes", given, { cause });
  }
}

/** Whether a header of this name stands beside those of the same name instead of in their place. */
export function addsUp(name: string): boolean {
  return name === "set-cookie";
}

/**
 * Refuses headers that no stream can have, at the door.
 *
 * @throws {TypeError} naming the header.
 */
export function checkHeaders(given: HeadersInit | undefined): Headers {
  const headers = toHeaders(given);
  for (const name of HOST_HEADERS) {
    if (headers.has(name))
      throw new TypeError(`\`headers\` must not name \`${name}\`: it is the host's`);
  }
  return headers;
}
