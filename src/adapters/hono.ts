import type { Context } from "hono";
import { OpenStream } from "../core/open.ts";
import { optionalFunction } from "../protocol/options.ts";
import type { Producer } from "../core/produce.ts";
import { checkProducer } from "../core/produce.ts";
import type { AnyServeOptions, ServeOptions, SetupOptions } from "../core/serve.ts";
import { addsUp, checkHeaders } from "../core/response.ts";
import { holdWhileOpen, noBody, prepared, refusedAtShutdown } from "../core/serve.ts";
import { byteStreamOf } from "../core/stream.ts";
import { checkStreamOptions } from "../core/stream-options.ts";
import type { BaseEvents, EventSet } from "../protocol/define.ts";
import type { ReplySource } from "../log/reply.ts";
import { toReplyResponse } from "../log/reply.ts";
import { CONTENT_LENGTH, SSE_HEADERS } from "../protocol/http.ts";

/**
 * Answers a request of Hono, on any runtime, with the events that `producer` tells.
 *
 * Headers that were set on the context stay. The head and the opening comment leave at once. With `setup` it
 * answers a promise; what `setup` throws goes to `app.onError`, as any error of a handler does.
 *
 * @throws {TypeError | RangeError} at once, naming the option, when an option or the producer is not usable.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @example
 * app.post('/api/chat', (c) =>
 *   streamEvents(c, async (stream) => {
 *     stream.status('analyzing')
 *     await stream.chunk('Hello')
 *     return { content: 'Hello' }
 *   }),
 * )
 */
export function streamEvents<Set extends EventSet = BaseEvents>(
  context: Context,
  producer: Producer<Set>,
  options?: ServeOptions<Set> & { setup?: undefined },
): Response;
/** Answers a request after `setup` has run: a promise that rejects with what `setup` threw. */
export function streamEvents<
  Prepared,
  HostContext extends Context,
  Set extends EventSet = BaseEvents,
>(
  context: HostContext,
  producer: Producer<Set, Prepared>,
  options: ServeOptions<Set> & SetupOptions<HostContext, Prepared>,
): Promise<Response>;
export function streamEvents(
  context: Context,
  producer: unknown,
  options: AnyServeOptions<never> = {},
): Response | Promise<Response> {
  checkProducer(producer, options);
  const { setup } = options;
  const headers = checkHeaders(options.headers);
  optionalFunction("setup", setup);
  const checked = checkStreamOptions(options, context.req.raw.signal);
  const refused = refusedAtShutdown(checked, producer);
  if (refused !== undefined) return refused;
  const respond = (value: unknown): Response => {
    // A length that middleware guessed would cut the stream.
    context.header(CONTENT_LENGTH, undefined);
    for (const [name, header] of Object.entries(SSE_HEADERS)) context.header(name, header);
    headers.forEach((header, name) => context.header(name, header, { append: addsUp(name) }));
    const stream = new OpenStream(checked, producer, value);
    holdWhileOpen(context.req.raw, stream);
    if (context.req.method !== "HEAD") return context.body(byteStreamOf(stream));
    stream.leave(noBody());
    return context.body(null);
  };
  if (setup === undefined) return respond(undefined);
  return prepared(() => setup(context as never), checked, producer).then(respond);
}

/**
 * Answers a request of Hono, on any runtime, with a run, a channel or the routes of runs, of `ssekit/log`.
 *
 * Headers that were set on the context stay.
 *
 * @param target - Which run, when `source` is `runs`.
 * @example
 * app.get('/api/runs/:id', (c) => respond(c, runs, { id: c.req.param('id'), owner: c.get('user') }))
 */
export function respond(context: Context, source: ReplySource): Promise<Response>;
/** Answers with one of `runs`. */
export function respond<Target>(
  context: Context,
  source: ReplySource<Target>,
  target: Target,
): Promise<Response>;
export async function respond(
  context: Context,
  source: ReplySource<unknown>,
  target?: unknown,
): Promise<Response> {
  const reply = await source.reply(context.req.raw, target);
  const { body, status, headers } = toReplyResponse(context.req.raw, reply);
  context.header(CONTENT_LENGTH, undefined);
  return context.newResponse(body, { status: status as 200, headers: Object.fromEntries(headers) });
}
