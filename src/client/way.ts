import { LAST_EVENT_ID_PARAMETER } from "../protocol/http.ts";
import { durationMs, refuse } from "../protocol/options.ts";
import type { PreparedRequest, RequestOptions } from "./request.ts";
import { prepareRequest, wayBack } from "./request.ts";
import type { RetryOptions, RetryPolicy } from "./retry.ts";
import { checkRetry } from "./retry.ts";

/** A request that leads back. What it does not say is as in the first one, but for method and body. */
export interface ResumeRequest extends RequestOptions {
  url: string | URL;
}

/** How a reader gets to its stream, and back to it. */
export interface ConnectionOptions extends RequestOptions {
  /** When the reader comes back by itself; `false`: never. */
  retry?: RetryOptions | false | undefined;
  /**
   * Where the stream of a request that begins something can be read again. Without it that is known once the server
   * names it (`Content-Location`), and a request that is cut before is not repeated.
   */
  resume?: string | URL | ResumeRequest | undefined;
  /** Longest wait for the head of a response, in milliseconds; `0`: for ever. @default 60_000 */
  connectMs?: number | undefined;
  /** The place to begin behind, when it is known from somewhere. */
  lastEventId?: string | undefined;
}

/** The way to a stream: the first request, and those that lead back. */
export interface Way {
  request: PreparedRequest;
  /** The request that leads back, as far as one is known before the first response and after each. */
  back: (response?: Response) => PreparedRequest | undefined;
  /** Where the stream can be read again, once that is known. */
  place: () => string | undefined;
  policy: RetryPolicy;
  connectMs: number;
  /** The place to begin behind. */
  lastEventId?: string | undefined;
}

/**
 * Prepares the way to a stream.
 *
 * @param isBack - Whether `url` leads back to something that was begun before.
 * @throws {TypeError | RangeError} naming the option.
 */
export function createWay(
  url: string | URL,
  { retry, resume, connectMs = 60_000, lastEventId, ...first }: ConnectionOptions,
  isBack: boolean,
): Way {
  const policy = checkRetry(retry);
  durationMs("connectMs", connectMs);
  if (/[\r\n\0]/.test(lastEventId as string))
    refuse(LAST_EVENT_ID_PARAMETER, "one line", lastEventId);
  const { json: __, body: ___, method: ____, ...again } = first;
  const requestBack = (to: string | URL) => prepareRequest(to, again);
  const { url: there, ...more } =
    typeof resume === "object" && "url" in resume ? resume : { url: resume };
  const resumed = there === undefined ? undefined : prepareRequest(there, { ...again, ...more });
  // What was saved may be where `resume` leads, or what the server named since: that is nearer.
  const back = isBack && `${there}` !== `${url}` ? requestBack(url) : resumed;
  const request = isBack ? (back as PreparedRequest) : prepareRequest(url, first);
  let place = isBack ? url : (there ?? (request.isSafe ? url : undefined));
  return {
    request,
    policy,
    connectMs,
    lastEventId,
    place: () => place && `${place}`,
    back(response) {
      const named = response && wayBack(response, url);
      if (named === undefined) return back;
      place = named;
      return requestBack(named);
    },
  };
}
