import type { EndListener } from "../core/life.ts";
import type { ReaderRequest, Reply, ReplySource } from "../log/reply.ts";
import { CONTENT_LENGTH } from "../protocol/http.ts";
import type { NodeRequest, NodeResponse } from "./node-response.ts";
import { tellRefused, transport } from "./node-response.ts";

// What the hosts on Node's own response share to serve logs.

/**
 * Answers `request` with what `source` replies to it.
 *
 * @param onFailed - Answers when it rejects, with what is not the reader's fault.
 * @returns Resolves once the answer is through. Never rejects.
 */
export function respondOnResponse<Target>(
  request: NodeRequest,
  response: NodeResponse,
  source: ReplySource<Target>,
  target: Target,
  onFailed: (error: unknown) => void,
): Promise<void> {
  // One promise, and nothing of the way to the answer is held by it: most streams are many, and idle.
  const { promise, resolve } = Promise.withResolvers<void>();
  (async () => source.reply(toReaderRequest(request), target))()
    .then((reply) => sendReply(request, response, reply, resolve))
    .catch((error: unknown) => {
      tellRefused(response, () => onFailed(error));
      resolve();
    });
  return promise;
}

/** Tells `onThrough` once `reply` is through. */
function sendReply(
  request: NodeRequest,
  response: NodeResponse,
  { status, headers, body, stream }: Reply,
  onThrough: () => void,
): void {
  if (stream !== undefined) {
    stream.atEnd(new Through(onThrough));
    const isPlain = Object.keys(headers).length === 0;
    transport(request, response, stream, isPlain ? undefined : new Headers(headers));
    return;
  }
  response.once("close", onThrough);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body ?? "");
}

class Through implements EndListener {
  readonly #tell: () => void;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  onEnded(): void {
    this.#tell();
  }
}

/** The request as readers of logs are asked, whatever the host. */
function toReaderRequest(request: NodeRequest): ReaderRequest {
  // Below a router of Express, `url` is what is left of it.
  const { originalUrl, url, body } = request as NodeRequest & {
    originalUrl?: string;
    body?: unknown;
  };
  return {
    method: request.method ?? "GET",
    url: originalUrl ?? url ?? "/",
    headers: {
      get(name) {
        const value = request.headers[name.toLowerCase()];
        return (Array.isArray(value) ? value.join(", ") : value) ?? null;
      },
    },
    // Middleware may have read it before.
    text: () => {
      if (body === undefined) return readText(request);
      return Promise.resolve(hasBody(request) ? toText(body) : "");
    },
  };
}

/** A parser makes an empty object of no body. */
function hasBody({ headers, httpVersionMajor }: NodeRequest): boolean {
  const length = headers[CONTENT_LENGTH.toLowerCase()];
  if (length !== undefined) return length !== "0";
  return headers["transfer-encoding"] !== undefined || httpVersionMajor > 1;
}

function toText(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** A body that is longer is not read to its end: whoever asked for the text refuses it. */
const MOST_TEXT = 4 * 1024 * 1024;

async function readText(request: NodeRequest): Promise<string> {
  request.setEncoding("utf8");
  let text = "";
  // The connection stays: the answer goes the same way.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    text += piece as string;
    if (text.length > MOST_TEXT) break;
  }
  return text;
}
