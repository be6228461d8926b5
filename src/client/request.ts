import { ConnectError } from "../protocol/errors.ts";
import {
  ACCEPT,
  CACHE_CONTROL,
  CONTENT_LOCATION,
  CONTENT_TYPE,
  EVENT_STREAM,
  LAST_EVENT_ID,
  LAST_EVENT_ID_PARAMETER,
} from "../protocol/http.ts";
import { optionalFunction, refuse } from "../protocol/options.ts";
import type { Thrown } from "./connection.ts";
import { checkResponse } from "./response.ts";

/** What is known of an attempt before it is made. */
export interface Attempt {
  /** Counted from 1 over the whole stream. */
  readonly attempt: number;
  /** Where the reader stands: `undefined` before the first ID, `''` after an empty one. */
  readonly lastEventId: string | undefined;
  /** Why the attempt before it did not do. */
  readonly reason: unknown;
}

/** What a request is made of: whatever `fetch` takes, and `json` as a shorthand for a JSON body. */
export interface RequestOptions extends Omit<RequestInit, "signal" | "window" | "headers"> {
  /** Sent as the JSON body, with its content type; the method is then `POST` unless another is given. */
  json?: unknown;
  /** Headers, or what answers them for each attempt: a fresh token. After a 401 it is asked once more. */
  headers?:
    | HeadersInit
    | ((attempt: Attempt) => HeadersInit | PromiseLike<HeadersInit>)
    | undefined;
  /** Where the last event ID goes: the query saves a preflight to another origin. @default "header" */
  lastEventIdIn?: "header" | "query" | undefined;
  /** Used in place of the global `fetch`. It gets a URL and an init object, never a `Request`. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** A request that is ready, for any number of attempts. */
export interface PreparedRequest {
  /** Whether it asks for something and begins nothing. */
  readonly isSafe?: boolean;
  /** Whether its headers can be others next time. */
  readonly asksHeaders?: boolean;
  /** @throws {ConnectError} when what comes is no event stream. */
  send(attempt: Attempt, signal: AbortSignal): Promise<Response>;
}

/**
 * Prepares a request and refuses what no request can be, at the door.
 *
 * @throws {TypeError} naming the option; also when `json` cannot be written as JSON or a header is no header.
 */
export function prepareRequest(url: string | URL, options: RequestOptions): PreparedRequest {
  const { json, headers, lastEventIdIn = "header", fetch: given, ...init } = options;
  const send = given ?? globalThis.fetch;
  optionalFunction("fetch", send ?? null);
  if (typeof url !== "string" && !(url instanceof URL)) refuse("url", "a URL", url);
  if (!/^(header|query)$/.test(lastEventIdIn)) {
    refuse("lastEventIdIn", "`header` or `query`", lastEventIdIn);
  }
  if (json !== undefined) init.body = jsonBody(json, init.body);
  const hasBody = init.body != null;
  const method = (init.method ??= hasBody ? "POST" : "GET");
  // A page's `no-store` brings the header by itself, and another origin need not be asked for leave first.
  if (globalThis.location) init.cache ??= "no-store";
  const own = {
    [ACCEPT]: EVENT_STREAM,
    ...(!init.cache && { [CACHE_CONTROL]: "no-cache" }),
    ...(json !== undefined && { [CONTENT_TYPE]: "application/json" }),
  };
  const withOwn = (more: HeadersInit | undefined) => {
    const all = new Headers(own);
    new Headers(more).forEach((value, name) => all.set(name, value));
    return all;
  };
  const asksHeaders = typeof headers === "function";
  const fixed = asksHeaders ? undefined : withOwn(headers);
  // What the platform makes no request of is refused here, in its words: sent, it would look like a network that is
  // away. A fetch of one's own may know other addresses; a body can be read once, and is not looked at.
  const address = given ? "http://local" : url;
  // A small runtime has none, and is asked nothing.
  const { Request: Door } = globalThis as { Request?: typeof Request };
  if (Door) void new Door(address, { ...init, headers: fixed ?? own, body: hasBody ? "" : null });

  return {
    isSafe: /^(get|head)$/i.test(method),
    asksHeaders,
    async send(attempt, signal) {
      if (signal.aborted) throw signal.reason;
      const sent = fixed ? new Headers(fixed) : withOwn(await (headers as Function)(attempt));
      // Who left while the headers were awaited asks for nothing any more.
      if (signal.aborted) throw signal.reason;
      const { lastEventId } = attempt;
      let target = `${url}`;
      if (lastEventId) {
        if (lastEventIdIn === "query") target = withCursor(target, lastEventId);
        else sent.set(LAST_EVENT_ID, toByteString(lastEventId));
      }
      let response;
      try {
        response = await send(target, { ...init, headers: sent, signal });
      } catch (cause) {
        // As where a body breaks.
        delete (cause as Thrown)?.cause?.data;
        throw new ConnectError("CONNECT_FAILED", "no response", { retriable: true, cause });
      }
      return checkResponse(response ?? refuse("response", "an unread response", response));
    },
  };
}

/**
 * Where the stream of `response` can be read again, when it says so. Only an address of the origin that was asked, also
 * after a redirect: what identifies the reader is sent along.
 */
export function wayBack(response: Response, asked: string | URL): string | undefined {
  const location = response.headers.get(CONTENT_LOCATION);
  if (!location) return undefined;
  const { url, redirected } = response;
  try {
    const first = new URL(asked, globalThis.location?.href ?? ((!redirected && url) || undefined));
    const there = new URL(location, url || first);
    const isOwn = there.protocol === first.protocol && there.host === first.host;
    return isOwn && !there.username && !there.password ? there.href : undefined;
  } catch {
    // Relative to what nobody here knows, it is left to the `fetch` that knew the first address. URLs ignore tabs.
    return /^\/(?![/\\\t])/.test(location) ? location : undefined;
  }
}

function jsonBody(json: unknown, body: unknown): string {
  if (body != null) refuse("body", "absent with `json`", body);
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(json);
  } catch (error) {
    cause = error;
  }
  return text ?? refuse("json", "a JSON value", json, { cause });
}

const EARLIER_CURSOR = new RegExp(`([?&])${LAST_EVENT_ID_PARAMETER}=[^&]*&?`);

function withCursor(url: string, id: string): string {
  // A fragment is not sent.
  const [whole = ""] = url.split("#");
  // One that is in the address already is of an earlier place.
  const address = whole.replace(EARLIER_CURSOR, "$1");
  const separator = /[?&]$/.test(address) ? "" : address.includes("?") ? "&" : "?";
  return `${address}${separator}${LAST_EVENT_ID_PARAMETER}=${encodeURIComponent(id)}`;
}

/**
 * The UTF-8 bytes of `text`, one character each: `fetch` takes no other characters in a header.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
 */
function toByteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
