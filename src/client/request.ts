import { ConnectError } from "../protocol/errors.ts";
import {
  ACCEPT,
  CACHE_CONTROL,
  CONTENT_TYPE,
  EVENT_STREAM,
  isEventStream,
} from "../protocol/http.ts";

/** What {@link openResponse} sends: whatever `fetch` takes, and `json` as a shorthand for a JSON body. */
export interface RequestOptions extends Omit<RequestInit, "signal" | "window"> {
  /** Sent as the JSON body, with its content type; the method is then `POST` unless another is given. */
  json?: unknown;
  /** Used in place of the global `fetch`. It gets a URL and an init object, never a `Request`. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** Statuses that another attempt may turn into a stream. */
const RETRIABLE = new Set([408, 425, 429]);
/** How much of a refusal's body is kept. */
const BODY_LIMIT_BYTES = 64 * 1024;

/**
 * Refuses what no request can be, at the door.
 *
 * @throws {TypeError} naming the option.
 */
export function checkRequest(
  url: string | URL,
  { method, json, body, fetch }: RequestOptions,
): void {
  if (typeof url !== "string" && !(url instanceof URL)) {
    throw new TypeError(
      `\`url\` must be a string or a URL, got ${url === null ? "null" : typeof url}`,
    );
  }
  if (fetch !== undefined && typeof fetch !== "function") {
    throw new TypeError(`\`fetch\` must be a function, got ${typeof fetch}`);
  }
  const hasBody = body !== undefined && body !== null;
  if (json !== undefined && hasBody)
    throw new TypeError("`json` and `body` must not both be given");
  if ((json !== undefined || hasBody) && /^(get|head)$/i.test(method ?? "")) {
    throw new TypeError("`method` must not be GET or HEAD when `json` or `body` is given");
  }
}

/** Sends the request. Resolves with a response that is an event stream, else rejects with a `ConnectError`. */
export async function openResponse(
  url: string | URL,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<Response> {
  const { json, fetch: send = globalThis.fetch, ...init } = options;
  const headers = new Headers(init.headers);
  if (!headers.has(ACCEPT)) headers.set(ACCEPT, EVENT_STREAM);
  if (!headers.has(CACHE_CONTROL)) headers.set(CACHE_CONTROL, "no-cache");
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    if (!headers.has(CONTENT_TYPE)) headers.set(CONTENT_TYPE, "application/json");
  }
  init.method ??= init.body === undefined || init.body === null ? "GET" : "POST";
  let response: Response;
  try {
    response = await send(String(url), { ...init, headers, signal });
  } catch (cause) {
    throw new ConnectError("CONNECT_FAILED", "the request failed before there was a response", {
      retriable: true,
      cause,
    });
  }
  await checkResponse(response);
  return response;
}

/**
 * Refuses a response that is no event stream, before anything is parsed: a login page is not an empty answer.
 *
 * @throws {ConnectError} `CONNECT_REFUSED` or `NOT_AN_EVENT_STREAM`, with the status and the head of the body.
 */
export async function checkResponse(response: Response): Promise<void> {
  const { status } = response;
  if (status !== 200) {
    const body = await readHead(response);
    const retriable = RETRIABLE.has(status) || status >= 500;
    throw new ConnectError("CONNECT_REFUSED", `expected status 200, got ${status}`, {
      status,
      retriable,
      body,
    });
  }
  if (!isEventStream(response.headers.get(CONTENT_TYPE)) || !response.body) {
    const body = await readHead(response);
    throw new ConnectError(
      "NOT_AN_EVENT_STREAM",
      `expected a body of ${EVENT_STREAM}, got ${response.body ? "another content type" : "no readable body"}`,
      { status, retriable: false, body },
    );
  }
}

/** The body's beginning, as text. The rest is not waited for: the connection is let go. */
async function readHead(response: Response): Promise<string | undefined> {
  const reader = response.body?.getReader();
  if (!reader) return undefined;
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    while (bytes < BODY_LIMIT_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, BODY_LIMIT_BYTES - bytes), { stream: true });
      bytes += value.length;
    }
    await reader.cancel();
  } catch {
    // The status says enough; a body that breaks on top of it changes nothing.
  }
  return text;
}
