import type { BaseEvents, EventSet } from "../protocol/define.ts";
import { StreamCutError } from "../protocol/errors.ts";
import type { Ended } from "./life.ts";

import { OpenStream } from "./open.ts";
import { optionalFunction } from "../protocol/options.ts";
import type { OutgoingStream } from "./outgoing.ts";
import type { Producer } from "./produce.ts";
import { checkProducer } from "./produce.ts";
import { toRefusal } from "./refusal.ts";
import { checkHeaders, toResponse } from "./response.ts";
import { isShuttingDown, shuttingDown } from "./shutdown.ts";
import { byteStreamOf } from "./stream.ts";
import type { CheckedStreamOptions, StreamOptions } from "./stream-options.ts";
import { checkStreamOptions } from "./stream-options.ts";

/** What every host's `streamEvents` takes. */
export interface ServeOptions<Set = EventSet> extends StreamOptions<Set> {
  /** Headers beside the stream's own, which they may replace. */
  headers?: HeadersInit | undefined;
}

/** {@link ServeOptions} with work to do before the head. */
export interface SetupOptions<HostRequest, Prepared> {
  /**
   * Runs, and is awaited, before the head leaves: the place to authorise, validate and count. What it throws
   * is an ordinary HTTP error response of the host, what it returns is the producer's second argument.
   */
  setup: (request: HostRequest) => Prepared | PromiseLike<Prepared>;
}

/** What an implementation of `streamEvents` gets, whichever of its forms was called. */
export type AnyServeOptions<HostRequest> = ServeOptions & {
  setup?: ((request: HostRequest) => unknown) | undefined;
};

/**
 * Answers a request with the events that `producer` tells: Request to Response, for every fetch server (Next,
 * Workers, Bun, Deno, SvelteKit, ...).
 *
 * The head and the opening comment leave at once. A producer's returned object becomes the `result` event, then
 * comes `[DONE]`; what it throws becomes a masked `error` event, then `[DONE]`. `stream.signal` aborts when the
 * reader leaves. A slow reader slows awaited sends and never grows memory past the queue's bounds.
 *
 * With `setup` it answers a promise: a thrown `Response` is answered as it is, an error that carries a `status`
 * of 400 to 599 becomes a JSON answer with it, anything else rejects and is the host's.
 *
 * @throws {TypeError | RangeError} at once, naming the option, when an option or the producer is not usable.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @example
 * export const POST = (request: Request) =>
 *   streamEvents(request, async (stream) => {
 *     stream.status('analyzing')
 *     for await (const token of model(stream.signal)) await stream.chunk(token)
 *     return { content: 'the whole answer' }
 *   })
 */
export function streamEvents<Set extends EventSet = BaseEvents>(
  request: Request,
  producer: Producer<Set>,
  options?: ServeOptions<Set> & { setup?: undefined },
): Response;
/** Answers a request after `setup` has run: a promise of the response, or of the refusal. */
export function streamEvents<Prepared, Set extends EventSet = BaseEvents>(
  request: Request,
  producer: Producer<Set, Prepared>,
  options: ServeOptions<Set> & SetupOptions<Request, Prepared>,
): Promise<Response>;
export function streamEvents(
  request: Request,
  producer: unknown,
  options: AnyServeOptions<Request> = {},
): Response | Promise<Response> {
  checkProducer(producer, options);
  const { setup } = options;
  const headers = checkHeaders(options.headers);
  optionalFunction("setup", setup);
  const checked = checkStreamOptions(options, request.signal);
  const refused = refusedAtShutdown(checked, producer);
  if (refused !== undefined) return refused;
  const respond = (value: unknown) => {
    const stream = new OpenStream(checked, producer, value);
    holdWhileOpen(request, stream);
    if (request.method !== "HEAD") return toResponse(byteStreamOf(stream), { headers });
    stream.leave(noBody());
    return toResponse(null, { headers });
  };
  if (setup === undefined) return respond(undefined);
  return prepared(() => setup(request), checked, producer).then(respond, toErrorResponse);
}

/** Tells `onEnd` that `setup` threw: it hears of every request once, also of those that get no stream. */
export function refuse(
  options: CheckedStreamOptions,
  producer: unknown,
  reason: unknown,
): Promise<Ended> {
  // Without its signals: what is told is the refusal, whatever else has happened since.
  const stream = new OpenStream(
    { ...options, requestSignal: undefined, signal: undefined },
    producer,
  );
  stream.refuse(reason);
  return stream.ended;
}

/** The answer to who asks while the server shuts down; `undefined` as long as it does not. */
export function refusedAtShutdown(
  options: CheckedStreamOptions,
  producer: unknown,
): Response | undefined {
  if (!isShuttingDown()) return undefined;
  const error = shuttingDown();
  void refuse(options, producer, error);
  return toErrorResponse(error);
}

/** Runs `setup` and tells `onEnd` when it throws. */
export async function prepared<Prepared>(
  setup: () => Prepared | PromiseLike<Prepared>,
  options: CheckedStreamOptions,
  producer: unknown,
): Promise<Prepared> {
  try {
    return await setup();
  } catch (error) {
    void refuse(options, producer, error);
    throw error;
  }
}

/**
 * Keeps a request from being collected while its stream is open: on Node a request's signal follows nobody any
 * more once the request itself is garbage, and the work would run on for a reader that left.
 */
export function holdWhileOpen(request: Request, stream: OutgoingStream): void {
  const held = new Set([request]);
  stream.atEnd({ onEnded: () => held.clear() });
}

/** Why a stream that was asked for by HEAD ends before it began. */
export function noBody(): StreamCutError {
  return new StreamCutError("READER_LEFT", "a HEAD request asks for the head alone");
}

function toErrorResponse(error: unknown): Response {
  if (error instanceof Response) return error;
  const refusal = toRefusal(error);
  if (refusal === undefined) throw error;
  const { status, headers, body } = refusal;
  return new Response(body, { status, headers });
}
