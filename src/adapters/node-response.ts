import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Ended } from "../core/life.ts";

import { OpenStream } from "../core/open.ts";
import { optionalFunction } from "../protocol/options.ts";
import { checkProducer } from "../core/produce.ts";
import type { AnyServeOptions } from "../core/serve.ts";
import { addsUp, checkHeaders } from "../core/response.ts";
import { noBody, refuse } from "../core/serve.ts";
import { checkStreamOptions } from "../core/stream-options.ts";
import { StreamCutError } from "../protocol/errors.ts";
import { CONTENT_LENGTH, SSE_HEADERS } from "../protocol/http.ts";

// What the hosts on Node's own response share: node:http, HTTP/2 in its compatible form, Express.

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Streams to `response`; `onRefused` answers when `setup` threw. Resolves with the stream's end, never rejects. */
export function serveOnResponse(
  request: NodeRequest,
  response: NodeResponse,
  producer: unknown,
  options: AnyServeOptions<never>,
  onRefused: (error: unknown) => void,
): Promise<Ended> {
  checkProducer(producer);
  const { setup } = options;
  const head = options.headers && checkHeaders(options.headers);
  optionalFunction("setup", setup);
  const checked = checkStreamOptions(options);
  if (response.headersSent) {
    throw new TypeError("`response` must not have sent its head: a stream needs a head of its own");
  }
  const serve = (prepared: unknown): Promise<Ended> => {
    const stream = new OpenStream(checked, producer, prepared);
    transport(request, response, stream, head);
    return stream.ended;
  };
  if (setup === undefined) return serve(undefined);
  // Whatever `setup` is, it answers a promise here: what it throws at once is refused like what it rejects with.
  return (async () => setup(request as never))().then(serve, (error: unknown) => {
    tellRefused(response, () => onRefused(error));
    return refuse(checked, producer, error);
  });
}

/** Answering is the host's, and may fail too: then the connection says it. */
function tellRefused(response: NodeResponse, answer: () => void): void {
  try {
    answer();
  } catch {
    destroy(response);
  }
}

/** Carries a stream to its response. Never throws: what goes wrong on the way is the stream's end. */
function transport(
  request: NodeRequest,
  response: NodeResponse,
  stream: OpenStream,
  head: Headers | undefined,
): void {
  const onFailure = (cause: unknown) =>
    stream.drop(new StreamCutError("WRITE_FAILED", "writing to the response failed", { cause }));
  try {
    if (request.method === "HEAD") {
      stream.leave(noBody());
      writeHead(response, head);
      response.end();
      return;
    }
    follow(response, stream, onFailure);
    if (isOver(response)) return;
    writeHead(response, head);
    writeStream(response, stream, onFailure);
  } catch (cause) {
    onFailure(cause);
  }
}

/**
 * Ties the two ends together. A disconnect is read off the response, never off the request: a request whose
 * body was parsed is closed while its reader still waits.
 */
function follow(
  response: NodeResponse,
  stream: OpenStream,
  onFailure: (cause: unknown) => void,
): void {
  const onClose = () => {
    // Somebody else may have ended the response: then it went through, but not with our terminal.
    if (wentThrough(response) && stream.source.isDrained) stream.delivered();
    stream.leave(readerLeft());
  };
  response.on("error", onFailure);
  response.on("close", onClose);
  if (isOver(response)) onClose();
  // A stream that was cut on this side must not look finished, nor hold the socket of a reader that never reads.
  // HTTP/2 calls a response that waits for its reader to take the last of it finished: the outcome knows better.
  stream.atEnd(({ outcome }) => {
    if (outcome === "dropped" || !wentThrough(response)) destroy(response);
  });
}

function readerLeft(): StreamCutError {
  return new StreamCutError("READER_LEFT", "the reader closed the connection");
}

/** What middleware has set stays, unless the stream's own head says otherwise. */
function writeHead(response: NodeResponse, headers: Headers | undefined): void {
  if (headers === undefined && response.getHeaderNames().length === 0) {
    // Nobody has a word to add: the head is written straight away, and nothing is kept of it.
    (response as ServerResponse).writeHead(200, SSE_HEADERS);
    // Sent as it is, or every part that it was put together from stays with the response.
    (response as ServerResponse).flushHeaders();
    return;
  }
  response.statusCode = 200;
  response.removeHeader(CONTENT_LENGTH);
  for (const [name, value] of Object.entries(SSE_HEADERS)) response.setHeader(name, value);
  headers?.forEach((value, name) => {
    if (addsUp(name)) response.appendHeader(name, value);
    else response.setHeader(name, value);
  });
}

/**
 * Writes what there is, waits for room, writes again. Callbacks, not an async function: while a stream is silent
 * such a function would keep its last bytes and all it has ever named.
 */
function writeStream(
  response: NodeResponse,
  stream: OpenStream,
  onFailure: (cause: unknown) => void,
): void {
  let isFirst = true;
  let room: Room | undefined;
  const next = () => stream.source.takeText(write);
  const write = (chunk: Uint8Array | string | undefined) => {
    try {
      if (chunk === undefined || isOver(response)) {
        room?.release();
        // What was taken and not written did not go through.
        if (chunk !== undefined) stream.leave(readerLeft());
        return;
      }
      const isLast = stream.source.isDrained;
      const hasRoom = (response as ServerResponse).write(chunk);
      flush(response);
      // Behind the tick in which Node sends the head off: a producer that blocks must not hold it up.
      if (isFirst) process.nextTick(() => stream.start());
      isFirst = false;
      if (isLast) {
        room?.release();
        response.end();
      } else if (hasRoom) next();
      else (room ??= new Room(response, next)).wait();
    } catch (cause) {
      onFailure(cause);
    }
  };
  next();
}

/**
 * Waits for room in a response, or for there never being any again.
 *
 * A response that stalls and then closes never drains, and `close` comes only once: hence a look first, and all
 * three events together. They are listened to from the first wait to the end of the response: compressing middleware hands a `drain`
 * listener on to a stream of its own, from which it cannot be removed.
 */
class Room {
  readonly #response: NodeResponse;
  readonly #wake: () => void;
  #isWaiting = false;

  constructor(response: NodeResponse, onRoom: () => void) {
    this.#response = response;
    this.#wake = () => {
      if (!this.#isWaiting) return;
      this.#isWaiting = false;
      onRoom();
    };
    for (const name of ROOM_EVENTS) response.on(name, this.#wake);
  }

  /** Calls `onRoom` once there is room, or never will be. */
  wait(): void {
    this.#isWaiting = true;
    if (isOver(this.#response)) this.#wake();
  }

  release(): void {
    for (const name of ROOM_EVENTS) this.#response.removeListener(name, this.#wake);
  }
}

const ROOM_EVENTS = ["drain", "close", "error"] as const;

/**
 * Pushes what a compressing middleware holds back. Only a `flush` that a middleware put on this very response:
 * the one that Node's prototype has is something else, and deprecated.
 */
function flush(response: NodeResponse): void {
  if (!Object.hasOwn(response, "flush")) return;
  (response as NodeResponse & { flush?: () => void }).flush?.();
}

function isOver(response: NodeResponse): boolean {
  return response.writableEnded || isDestroyed(response);
}

/** HTTP/2 marks a cancelled stream as finished too: there only the call of `end()` tells. */
function wentThrough(response: NodeResponse): boolean {
  return isHttp2(response) ? response.writableEnded : response.writableFinished;
}

function isDestroyed(response: NodeResponse): boolean {
  return isHttp2(response) ? (response.stream?.destroyed ?? true) : response.destroyed;
}

function destroy(response: NodeResponse): void {
  if (isHttp2(response)) response.stream?.destroy();
  else response.destroy();
}

function isHttp2(response: NodeResponse): response is Http2ServerResponse {
  return "stream" in response;
}
