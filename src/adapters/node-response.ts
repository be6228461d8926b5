import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { Ended } from "../core/life.ts";

import { OpenStream } from "../core/open.ts";
import type { OutgoingStream } from "../core/outgoing.ts";
import { optionalFunction } from "../protocol/options.ts";
import { checkProducer } from "../core/produce.ts";
import type { AnyServeOptions } from "../core/serve.ts";
import { addsUp, checkHeaders } from "../core/response.ts";
import { noBody, refuse } from "../core/serve.ts";
import { isShuttingDown, shuttingDown } from "../core/shutdown.ts";
import { checkStreamOptions } from "../core/stream-options.ts";
import { CONTENT_LENGTH, SSE_HEADERS } from "../protocol/http.ts";
import { Carrier, destroy, isOver } from "./node-carrier.ts";
import type { NodeResponse } from "./node-write.ts";

// What the hosts on Node's own response share: node:http, HTTP/2 in its compatible form, Express.

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type { NodeResponse };

/** Streams to `response`; `onRefused` answers when `setup` threw. Resolves with the stream's end, never rejects. */
export function serveOnResponse(
  request: NodeRequest,
  response: NodeResponse,
  producer: unknown,
  options: AnyServeOptions<never>,
  onRefused: (error: unknown) => void,
): Promise<Ended> {
  checkProducer(producer, options);
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
  const refused = (error: unknown) => {
    tellRefused(response, () => onRefused(error));
    return refuse(checked, producer, error);
  };
  if (isShuttingDown()) return refused(shuttingDown());
  if (setup === undefined) return serve(undefined);
  // Whatever `setup` is, it answers a promise here: what it throws at once is refused like what it rejects with.
  return (async () => setup(request as never))().then(serve, refused);
}

/** Answering is the host's, and may fail too: then the connection says it. */
export function tellRefused(response: NodeResponse, answer: () => void): void {
  try {
    answer();
  } catch {
    destroy(response);
  }
}

/** Carries a stream to its response. Never throws: what goes wrong on the way is the stream's end. */
export function transport(
  request: NodeRequest,
  response: NodeResponse,
  stream: OutgoingStream,
  head: Headers | undefined,
): void {
  const carrier = new Carrier(response, stream);
  try {
    if (request.method === "HEAD") {
      stream.leave(noBody());
      writeHead(response, head);
      response.end();
      return;
    }
    carrier.follow();
    if (isOver(response)) return;
    writeHead(response, head);
    stream.take(carrier);
  } catch (cause) {
    carrier.onFailure(cause);
  }
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
