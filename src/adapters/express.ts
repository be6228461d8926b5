import type { NextFunction, Request, Response } from "express";
import type { Ended } from "../core/life.ts";
import type { Producer } from "../core/produce.ts";
import type { AnyServeOptions, ServeOptions, SetupOptions } from "../core/serve.ts";
import type { BaseEvents, EventSet } from "../protocol/define.ts";
import type { ReplySource } from "../log/reply.ts";
import { respondOnResponse } from "./node-reply.ts";
import { serveOnResponse } from "./node-response.ts";

/**
 * Answers a request of Express 4 or 5 with the events that `producer` tells.
 *
 * Writes to the response itself, as fast as it drains and no faster; headers that middleware has set stay, and
 * compressing middleware is flushed after every batch. What `setup` throws goes to `next`, as any error of a
 * route does. The response is ended here.
 *
 * @returns How the stream ended, once `onEnd` is through. Never rejects: it need not be awaited.
 * @throws {TypeError | RangeError} at once, when an option is not usable or the head was sent already.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @example
 * app.post('/api/chat', (req, res, next) =>
 *   streamEvents(req, res, next, async (stream) => {
 *     stream.status('analyzing')
 *     await stream.chunk('Hello')
 *     return { content: 'Hello' }
 *   }),
 * )
 */
export function streamEvents<Set extends EventSet = BaseEvents>(
  request: Request,
  response: Response,
  next: NextFunction,
  producer: Producer<Set>,
  options?: ServeOptions<Set> & { setup?: undefined },
): Promise<Ended>;
/** Answers a request after `setup` has run, or hands what `setup` threw to `next`. */
export function streamEvents<
  Prepared,
  HostRequest extends Request,
  Set extends EventSet = BaseEvents,
>(
  request: HostRequest,
  response: Response,
  next: NextFunction,
  producer: Producer<Set, Prepared>,
  options: ServeOptions<Set> & SetupOptions<HostRequest, Prepared>,
): Promise<Ended>;
export function streamEvents(
  request: Request,
  response: Response,
  next: NextFunction,
  producer: unknown,
  options: AnyServeOptions<never> = {},
): Promise<Ended> {
  return serveOnResponse(request, response, producer, options, (error) => next(toError(error)));
}

/**
 * Answers a request of Express with a run, a channel or the routes of runs, of `ssekit/log`.
 *
 * @param target - Which run, when `source` is `runs`.
 * @returns Resolves once the answer is through. Never rejects: what fails goes to `next`.
 * @example
 * app.get('/api/runs/:id', (req, res, next) => respond(req, res, next, runs, { id: req.params.id, owner: req.user.id }))
 */
export function respond(
  request: Request,
  response: Response,
  next: NextFunction,
  source: ReplySource,
): Promise<void>;
/** Answers with one of `runs`. */
export function respond<Target>(
  request: Request,
  response: Response,
  next: NextFunction,
  source: ReplySource<Target>,
  target: Target,
): Promise<void>;
export function respond(
  request: Request,
  response: Response,
  next: NextFunction,
  source: ReplySource<unknown>,
  target?: unknown,
): Promise<void> {
  const onFailed = (error: unknown) => next(toError(error));
  return respondOnResponse(request, response, source, target, onFailed);
}

/** Express takes nothing, and the words `route` and `router`, for "go on": a refusal must never read like that. */
function toError(thrown: unknown): unknown {
  if (typeof thrown === "object" && thrown !== null) return thrown;
  return new Error("what was thrown is no error", { cause: thrown });
}
