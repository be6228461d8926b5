import { ConnectError } from "../protocol/errors.ts";
import {
  ACCEPT,
  CACHE_CONTROL,
  CONTENT_TYPE,
  EVENT_STREAM,
  isEventStream,
} from "../protocol/http.ts";
import { refuse } from "../protocol/options.ts";

/** What a request is made of: whatever `fetch` takes, and `json` as a shorthand for a JSON body. */
export interface RequestOptions extends Omit<RequestInit, "signal" | "window"> {
  /** Sent as the JSON body, with its content type; the method is then `POST` unless another is given. */
  json?: unknown;
  /** Used in place of the global `fetch`. It gets a URL and an init object, never a `Request`. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** Statuses that another attempt may turn into a stream. */
const RETRIABLE = /^(408|42[59]|5..)$/;
/** How much of a refusal's body is kept, in characters. */
const BODY_LIMIT = 65_536;
/** How long a refusal's body is waited for. */
const BODY_WAIT_MS = 2_000;

/** A request that is ready: resolves with a response that is an event stream, else rejects with a `ConnectError`. */
export type PreparedRequest = (signal: AbortSignal) => Promise<Response>;

/**
 * Prepares a request and refuses what no request can be, at the door.
 *
 * @throws {TypeError} naming the option; also when `json` cannot be written as JSON or a header is no header.
 */
export function prepareRequest(url: string | URL, options: RequestOptions): PreparedRequest {
  const { json, fetch: send = globalThis.fetch, ...init } = options;
  if (typeof send !== "function") refuse("fetch", "a function", send);
  if (typeof url !== "string" && !(url instanceof URL)) refuse("url", "a URL", url);
  if (json !== undefined) {
    if (init.body != null) refuse("body", "absent with `json`", init.body);
    let cause: unknown;
    try {
      init.body = JSON.stringify(json);
    } catch (error) {
      cause = error;
    }
    if (init.body == null) refuse("json", "a JSON value", json, { cause });
  }
  const hasBody = init.body != null;
  init.method ??= hasBody ? "POST" : "GET";
  const headers = new Headers({
    [ACCEPT]: EVENT_STREAM,
    [CACHE_CONTROL]: "no-cache",
    ...(json !== undefined && { [CONTENT_TYPE]: "application/json" }),
  });
  new Headers(init.headers).forEach((value, name) => headers.set(name, value));
  init.headers = headers;
  // What the platform makes no request of is refused here, in its words: sent, it would look like a network that is
  // away. A fetch of one's own may know other addresses; a body can be read once, and is not looked at.
  const address = send === globalThis.fetch ? url : "http://localhost";
  void new Request(address, { ...init, body: hasBody ? "" : null });
  return async (signal) => {
    signal.throwIfAborted();
    let response;
    try {
      response = await send(`${url}`, { ...init, signal });
    } catch (cause) {
      throw new ConnectError("CONNECT_FAILED", "no response", { retriable: true, cause });
    }
    return checkResponse(response ?? refuse("response", "an unread response", response));
  };
}

/**
 * Refuses a response that is no event stream, before anything is parsed: a login page is not an empty answer.
 *
 * @throws {ConnectError} `CONNECT_REFUSED` or `NOT_AN_EVENT_STREAM`, with the status and the head of the body.
 */
export async function checkResponse(response: Response): Promise<Response> {
  const { status, body, headers } = response;
  const type = headers.get(CONTENT_TYPE);
  const isOk = status === 200;
  if (isOk && body && isEventStream(type)) return response;
  throw new ConnectError(
    isOk ? "NOT_AN_EVENT_STREAM" : "CONNECT_REFUSED",
    `expected 200 ${EVENT_STREAM}, got ${status} ${type}`,
    { status, retriable: RETRIABLE.test(`${status}`), body: await readHead(body) },
  );
}

/** The body's beginning, as text. The rest is not waited for: the connection is let go. */
async function readHead(body: Response["body"]): Promise<string> {
  const reader = body?.getReader();
  const letGo = () => void reader?.cancel().catch(() => {});
  // A refusal whose body never ends must not keep the refusal from being told. Cancelling ends the read.
  const timer = setTimeout(letGo, BODY_WAIT_MS);
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < BODY_LIMIT) {
      const chunk = await reader?.read();
      if (!chunk?.value) break;
      text += decoder.decode(chunk.value, { stream: true });
    }
  } catch {
    // The status says enough; a body that breaks on top of it changes nothing.
  }
  clearTimeout(timer);
  letGo();
  return text.slice(0, BODY_LIMIT);
}
