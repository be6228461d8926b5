import type { BaseEvents, EventSet } from "../protocol/define.ts";
import type { EventStream } from "./event-stream.ts";
import { createEventStream } from "./event-stream.ts";
import { createLink } from "./link.ts";
import type { ReadOptions, SavedStream } from "./read.ts";
import { checkReading, checkSaved } from "./read.ts";
import { wayTo } from "./response-way.ts";
import type { ConnectionOptions } from "./way.ts";
import { createWay } from "./way.ts";

/** What {@link connect} takes: the request, the way back, and how its stream is read. */
export interface ConnectOptions<Set> extends ConnectionOptions, ReadOptions<Set> {
  /** What `save()` answered in an earlier life of this page: goes on there, and begins nothing anew. */
  restore?: SavedStream | undefined;
}

/**
 * Connects to a stream of typed events, with any method, headers and body, wherever there is a `fetch`.
 *
 * The request leaves at once; status and content type are checked before anything is parsed. A connection that is cut
 * is made again where that is safe: for a GET, and where the server or `resume` names a way back. Each event comes
 * once; `reset` says that the stream starts over, `gap` that a part is lost. The returned stream owns its connections:
 * leaving its loop, `close()` and the signal close them.
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
  const { events, signal, maxEventBytes, silenceMs, snapshotMs, onGap, restore, ...to } = options;
  const reading = { events, signal, maxEventBytes, silenceMs, snapshotMs, onGap };
  const read = checkReading(reading);
  if (restore !== undefined) checkSaved(restore);
  const hasEvents = restore !== undefined;
  const place = { lastEventId: restore?.lastEventId ?? to.lastEventId };
  const way = createWay(restore?.url ?? url, { ...to, ...place }, hasEvents);
  return createEventStream<Set>({
    ...reading,
    restore,
    createLink: (told) => createLink(way.request, { ...way, ...read, hasEvents }, told),
    addressOf: way.place,
  });
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
  const way = wayTo(response);
  const read = checkReading(options);
  return createEventStream<Set>({
    ...options,
    createLink: (told) => createLink(way.request, { ...way, ...read }, told),
  });
}
