import { ConnectError } from "../protocol/errors.ts";
import {
  ACCEPT,
  CACHE_CONTROL,
  CONTENT_TYPE,
  EVENT_STREAM,
  isEventStream,
} from "../protocol/http.ts";

/** What a request is made of: whatever `fetch` takes, and `json` as a shorthand for a JSON body. */
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
/** How long a refusal's body is waited for. */
const BODY_WAIT_MS = 2_000;

/** A request that is ready to be sent. */
export interface PreparedRequest {
  readonly url: string;
  readonly init: RequestInit;
  readonly send: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * Prepares a request and refuses what no request can be, at the door.
 *
 * @throws {TypeError} naming the option; also when `json` cannot be written as JSON or a header is no header.
 */
export function prepareRequest(url: string | URL, options: RequestOptions): PreparedRequest {
  const { json, fetch: send = globalThis.fetch, ...init } = options;
  if (typeof url !== "string" && !(url instanceof URL)) {
    throw new TypeError(
      `\`url\` must be a string or a URL, got ${url === null ? "null" : typeof url}`,
    );
  }
  if (typeof send !== "function") {
    throw new TypeError(`\`fetch\` must be a function, got ${typeof send}`);
  }
  const headers = new Headers(init.headers);
  if (!headers.has(ACCEPT)) headers.set(ACCEPT, EVENT_STREAM);
  if (!headers.has(CACHE_CONTROL)) headers.set(CACHE_CONTROL, "no-cache");
  if (json !== undefined) {
    init.body = jsonBody(json, init.body);
    if (!headers.has(CONTENT_TYPE)) headers.set(CONTENT_TYPE, "application/json");
  }
  const hasBody = init.body !== undefined && init.body !== null;
  init.method ??= hasBody ? "POST" : "GET";
  if (hasBody && /^(get|head)$/i.test(init.method)) {
    throw new TypeError("`method` must not be GET or HEAD when `json` or `body` is given");
  }
  return { url: String(url), init: { ...init, headers }, send };
}

function jsonBody(json: unknown, body: unknown): string {
  if (body !== undefined && body !== null) {
    throw new TypeError("`json` and `body` must not both be given");
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch (cause) {
    throw new TypeError("`json` must be a value that JSON can hold", { cause });
  }
  if (text === undefined) {
    throw new TypeError(`\`json\` must be a value that JSON can hold, got ${typeof json}`);
  }
  return text;
}

/** Sends the request. Resolves with a response that is an event stream, else rejects with a `ConnectError`. */
export async function openResponse(
  { url, init, send }: PreparedRequest,
  signal: AbortSignal,
): Promise<Response> {
  let response: Response;
  try {
    response = await send(url, { ...init, signal });
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
  const letGo = () => void reader.cancel().catch(() => {});
  // A refusal whose body never ends must not keep the refusal from being told. Cancelling ends the read.
  const timer = setTimeout(letGo, BODY_WAIT_MS);
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
  } catch {
    // The status says enough; a body that breaks on top of it changes nothing.
  }
  clearTimeout(timer);
  letGo();
  return text;
}
