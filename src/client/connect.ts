import type { BaseEvents, EventSet } from "../protocol/define.ts";
import { refuse } from "../protocol/options.ts";
import type { EventStream } from "./event-stream.ts";
import { createEventStream } from "./event-stream.ts";
import type { ReadOptions } from "./read.ts";
import type { RequestOptions } from "./request.ts";
import { checkResponse, prepareRequest } from "./request.ts";

/** What {@link connect} takes: the request, and how its stream is read. */
export interface ConnectOptions<Set> extends RequestOptions, ReadOptions<Set> {}

/**
 * Connects to a stream of typed events, with any method, headers and body, wherever there is a `fetch`.
 *
 * The request leaves at once; status and content type are checked before anything is parsed. Nothing is sent
 * twice. The returned stream owns the connection: leaving its loop, `close()` and the signal close it.
 *
 * @param url - As `fetch` takes it.
 * @returns At once. That there is no stream is thrown by the loop and told by `ended`.
 * @throws {TypeError | RangeError} at once, naming the option, when an option is not usable.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
 * @example
 * const stream = connect('/api/chat', { json: { message: 'Hello' } })
 * for await (const event of stream) if (event.type === 'chunk') show(event.content)
 * const { outcome, result, text } = await stream.ended
 */
export function connect<Set extends EventSet = BaseEvents>(
  url: string | URL,
  options: ConnectOptions<Set> = {},
): EventStream<Set> {
  const { events: _, signal: __, maxEventBytes: ___, ...request } = options;
  return createEventStream<Set>(prepareRequest(url, request), options);
}

/**
 * Reads the typed events of a response that is already there, for those who fetch themselves.
 *
 * @param response - Its body is owned by the returned stream from then on.
 * @returns At once. That it is no event stream is thrown by the loop and told by `ended`.
 * @throws {TypeError | RangeError} at once, naming the option, when one is not usable or the body is being read.
 * @example
 * const stream = readEvents(await fetch('/api/chat'))
 */
export function readEvents<Set extends EventSet = BaseEvents>(
  response: Response,
  options: ReadOptions<Set> = {},
): EventStream<Set> {
  if (!response?.headers || response.bodyUsed || response.body?.locked) {
    refuse("response", "an unread response", response);
  }
  return createEventStream<Set>(() => checkResponse(response), options);
}
