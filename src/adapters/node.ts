import type { Ended } from "../core/life.ts";
import type { Producer } from "../core/produce.ts";
import { INTERNAL_REFUSAL, toRefusal } from "../core/refusal.ts";
import type { AnyServeOptions, ServeOptions, SetupOptions } from "../core/serve.ts";
import type { BaseEvents, EventSet } from "../protocol/define.ts";
import type { ReplySource } from "../log/reply.ts";
import { respondOnResponse } from "./node-reply.ts";
import type { NodeRequest, NodeResponse } from "./node-response.ts";
import { serveOnResponse } from "./node-response.ts";

/**
 * Answers a request of `node:http` or `node:http2` (in its compatible form) with the events that `producer` tells.
 *
 * Writes to the response itself, as fast as it drains and no faster; headers that were set on it before stay.
 * What `setup` throws is answered as JSON with the error's `status`, or with 500. The response is ended here.
 *
 * @returns How the stream ended, once `onEnd` is through. Never rejects: it need not be awaited.
 * @throws {TypeError | RangeError} at once, when an option is not usable or the head was sent already.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @example
 * createServer((req, res) => {
 *   void streamEvents(req, res, async (stream) => {
 *     stream.status('analyzing')
 *     await stream.chunk('Hello')
 *     return { content: 'Hello' }
 *   })
 * })
 */
export function streamEvents<Set extends EventSet = BaseEvents>(
  request: NodeRequest,
  response: NodeResponse,
  producer: Producer<Set>,
  options?: ServeOptions<Set> & { setup?: undefined },
): Promise<Ended>;
/** Answers a request after `setup` has run, or refuses it with what `setup` threw. */
export function streamEvents<
  Prepared,
  Request extends NodeRequest,
  Set extends EventSet = BaseEvents,
>(
  request: Request,
  response: NodeResponse,
  producer: Producer<Set, Prepared>,
  options: ServeOptions<Set> & SetupOptions<Request, Prepared>,
): Promise<Ended>;
export function streamEvents(
  request: NodeRequest,
  response: NodeResponse,
  producer: unknown,
  options: AnyServeOptions<never> = {},
): Promise<Ended> {
  return serveOnResponse(request, response, producer, options, (error) => answer(response, error));
}

/**
 * Answers a request of `node:http` or `node:http2` with a run, a channel or the routes of runs, of `ssekit/log`.
 *
 * @param target - Which run, when `source` is `runs`.
 * @returns Resolves once the answer is through. Never rejects: it need not be awaited.
 * @example
 * createServer((req, res) => void respond(req, res, routes))
 * createServer((req, res) => void respond(req, res, runs, { id, owner }))
 */
export function respond(
  request: NodeRequest,
  response: NodeResponse,
  source: ReplySource,
): Promise<void>;
/** Answers with one of `runs`. */
export function respond<Target>(
  request: NodeRequest,
  response: NodeResponse,
  source: ReplySource<Target>,
  target: Target,
): Promise<void>;
export function respond(
  request: NodeRequest,
  response: NodeResponse,
  source: ReplySource<unknown>,
  target?: unknown,
): Promise<void> {
  const onFailed = (error: unknown) => answer(response, error);
  return respondOnResponse(request, response, source, target, onFailed);
}

/** Node has no error handler to hand this to: the adapter answers. */
function answer(response: NodeResponse, error: unknown): void {
  if (response.headersSent) {
    // Somebody answered while `setup` ran. There is no second head to say it with.
    response.end();
    return;
  }
  const { status, headers, body } = toRefusal(error) ?? INTERNAL_REFUSAL;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
