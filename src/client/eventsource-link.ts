import { ConnectError } from "../protocol/errors.ts";
import { CONTENT_TYPE, isEventStream } from "../protocol/http.ts";
import { durationMs, optionalFunction } from "../protocol/options.ts";
import type { ParseOptions } from "../protocol/parse.ts";
import { createPlainCursor } from "./cursor.ts";
import type { Link, LinkListener } from "./link.ts";
import { createLink } from "./link.ts";
import { checkReading } from "./read.ts";
import type { PreparedRequest, RequestOptions } from "./request.ts";
import type { RetryOptions } from "./retry.ts";
import { after } from "./timer.ts";
import type { ConnectionOptions } from "./way.ts";
import { createWay } from "./way.ts";

/** What `new EventSource` takes beside the address: the standard's one option, and what the standard has no place for. */
export interface EventSourceOptions
  extends
    Omit<ConnectionOptions, "cache" | "connectMs" | "credentials" | "retry">,
    Pick<RetryOptions, "start">,
    ParseOptions {
  /** Whether cookies are sent to other origins. @default false */
  withCredentials?: boolean | undefined;
  /** The wait before it comes back, in milliseconds, until the server names another (`retry:`). @default 3_000 */
  reconnectionTimeMs?: number | undefined;
  /** Longest wait for the head of a response, in milliseconds; then it comes back. @default 0: for ever */
  connectMs?: number | undefined;
  /**
   * Longest silence of an open connection, in milliseconds, heartbeats being none; then it comes back. `auto`: three
   * heartbeats, as the server announces them or as they are seen to come.
   *
   * @default 0: for ever
   */
  silenceMs?: number | "auto" | undefined;
}

/** The schemes that a stream can come over. */
const FETCHED = /^(https?|data|blob):$/;
/** How long a refusal's body is waited for. */
const REFUSAL_MS = 100;
const FINAL = { retriable: false };

/**
 * Creates the link of an EventSource: no ID is a repeated one, no status but 200 is waited for to change, and there is
 * no end to coming back.
 *
 * @throws {TypeError | RangeError} naming the option.
 */
export function createEventSourceLink(
  { href, protocol, username, password }: URL,
  {
    withCredentials,
    reconnectionTimeMs = 3_000,
    silenceMs = 0,
    connectMs = 0,
    start,
    maxEventBytes,
    ...request
  }: EventSourceOptions,
  told: LinkListener,
): Link {
  durationMs("reconnectionTimeMs", reconnectionTimeMs);
  const read = checkReading({ silenceMs, maxEventBytes });
  const retry = { attempts: Infinity, start, whileHidden: true, random: () => 0 };
  const fetch = plainFetch(request.fetch, withCredentials);
  const way = createWay(href, { ...request, fetch, connectMs, retry }, false);
  const isFutile = !request.fetch && !(FETCHED.test(protocol) && !username && !password);
  const asStandard = (to: PreparedRequest): PreparedRequest => ({
    ...to,
    async send(attempt, signal) {
      if (isFutile) throw new ConnectError("CONNECT_FAILED", "no such address", FINAL);
      try {
        return await to.send(attempt, signal);
      } catch (error) {
        // A server that has answered means it.
        if ((error as Partial<ConnectError>).status) Object.assign(error as object, FINAL);
        throw error;
      }
    },
  });
  return createLink(
    asStandard(way.request),
    {
      ...way,
      ...read,
      cursor: createPlainCursor(way.lastEventId),
      askedMs: reconnectionTimeMs,
      // What is only asked for is asked for again where it was, wherever it was found.
      back(response) {
        const there = way.request.isSafe ? undefined : way.back(response);
        return there && asStandard(there);
      },
    },
    told,
  );
}

/** `send`, asked as the standard asks. */
function plainFetch(
  send: RequestOptions["fetch"] = (url, init) => globalThis.fetch(url, init),
  withCredentials = false,
): NonNullable<RequestOptions["fetch"]> {
  optionalFunction("fetch", send);
  return async (url, init) => {
    const credentials = withCredentials ? { credentials: "include" as const } : {};
    const leaving = new AbortController();
    const leave = () => leaving.abort();
    init.signal?.addEventListener("abort", leave, { once: true });
    const { signal } = leaving;
    const response = await send(url, { ...init, signal, cache: "no-store", ...credentials });
    const isStream = response.status === 200 && isEventStream(response.headers.get(CONTENT_TYPE));
    // What a refusal has to say is worth less than that it is told at once.
    if (!isStream) after(REFUSAL_MS, leave);
    return response;
  };
}
