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
  if (typeof url !== "string" && !(url instanceof URL)) refuse("url", "a string or URL", url);
  if (typeof send !== "function") refuse("fetch", "a function", send);
  const headers = new Headers({ [ACCEPT]: EVENT_STREAM, [CACHE_CONTROL]: "no-cache" });
  if (json !== undefined) {
    if (init.body) refuse("body", "absent beside `json`", init.body);
    init.body = toBody(json);
    headers.set(CONTENT_TYPE, "application/json");
  }
  new Headers(init.headers).forEach((value, name) => headers.set(name, value));
  init.headers = headers;
  const { method = init.body ? "POST" : "GET" } = init;
  if (init.body && /^(get|head)$/i.test(method)) refuse("method", "one with a body", method);
  init.method = method;
  return async (signal) => {
    let response: Response;
    try {
      response = await send(`${url}`, { ...init, signal });
    } catch (cause) {
      throw new ConnectError("CONNECT_FAILED", "no response", {
        retriable: true,
        cause,
      });
    }
    return checkResponse(response);
  };
}

function toBody(json: unknown): string {
  let body: string | undefined;
  let cause: unknown;
  try {
    body = JSON.stringify(json);
  } catch (error) {
    cause = error;
  }
  return body ?? refuse("json", "a JSON value", json, cause);
}

function refuse(name: string, rule: string, value: unknown, cause?: unknown): never {
  throw new TypeError(`\`${name}\` must be ${rule}, got ${typeof value}`, { cause });
}

/**
 * Refuses a response that is no event stream, before anything is parsed: a login page is not an empty answer.
 *
 * @throws {ConnectError} `CONNECT_REFUSED` or `NOT_AN_EVENT_STREAM`, with the status and the head of the body.
 */
export async function checkResponse(response: Response): Promise<Response> {
  const { status, body, headers } = response;
  const isOk = status === 200;
  if (isOk && body && isEventStream(headers.get(CONTENT_TYPE))) return response;
  throw new ConnectError(
    isOk ? "NOT_AN_EVENT_STREAM" : "CONNECT_REFUSED",
    isOk ? `expected a body of ${EVENT_STREAM}` : `expected status 200, got ${status}`,
    { status, retriable: RETRIABLE.test(`${status}`), body: await readHead(body) },
  );
}

/** The body's beginning, as text. The rest is not waited for: the connection is let go. */
async function readHead(body: Response["body"]): Promise<string | undefined> {
  const reader = body?.getReader();
  if (!reader) return undefined;
  const letGo = () => void reader.cancel().catch(() => {});
  // A refusal whose body never ends must not keep the refusal from being told. Cancelling ends the read.
  const timer = setTimeout(letGo, BODY_WAIT_MS);
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < BODY_LIMIT) {
      const { value } = await reader.read();
      if (!value) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The status says enough; a body that breaks on top of it changes nothing.
  }
  clearTimeout(timer);
  letGo();
  return text.slice(0, BODY_LIMIT);
}
