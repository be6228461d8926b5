import type { OutgoingStream } from "../core/outgoing.ts";
import { toRefusal } from "../core/refusal.ts";
import { toResponse } from "../core/response.ts";
import { holdWhileOpen, noBody } from "../core/serve.ts";
import { byteStreamOf } from "../core/stream.ts";
import { LogError } from "../protocol/errors.ts";
import { isAway } from "./refusals.ts";
import { LAST_EVENT_ID, LAST_EVENT_ID_PARAMETER, RETRY_AFTER } from "../protocol/http.ts";

/** What is asked of a request, whatever the host: a `Request` is one. */
export interface ReaderRequest {
  readonly method: string;
  /** The whole of it, or from the path on. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  /** Aborts when the reader has left, on hosts that tell it so. */
  readonly signal?: AbortSignal | undefined;
  /** The body. */
  text(): Promise<string>;
}

/** An answer, before it is the host's: a stream, or a body, or neither. */
export interface Reply {
  status: number;
  /** Beside those of a stream. */
  headers: Record<string, string>;
  body?: string | undefined;
  stream?: OutgoingStream | undefined;
}

/** Whoever answers requests of readers on any host: a run, a channel, routes; and `runs`, told which one. */
export interface ReplySource<Target = undefined> {
  reply(request: ReaderRequest, target: Target): Promise<Reply>;
}

/** What `request` says that its reader got last; `undefined` when it says nothing. */
export function lastEventIdOf(request: ReaderRequest): string | undefined {
  const told = request.headers.get(LAST_EVENT_ID);
  // A native EventSource that comes back repeats its URL: the header is newer.
  return told ?? searchOf(request).get(LAST_EVENT_ID_PARAMETER) ?? undefined;
}

/** The path that `request` asks for. */
export function pathOf(request: ReaderRequest): string {
  return new URL(request.url, ANYWHERE).pathname;
}

function searchOf(request: ReaderRequest): URLSearchParams {
  return new URL(request.url, ANYWHERE).searchParams;
}

/** Some hosts tell the path alone. */
const ANYWHERE = "http://localhost";

/** Answers with an error that names a status. Others are the host's. */
export async function replyOrRefusal(reply: () => Promise<Reply>): Promise<Reply> {
  try {
    return await reply();
  } catch (error) {
    const refusal = toRefusal(isAway(error) ? away() : error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

/** A store that is away comes back: whoever asks does, too. */
function away(): LogError {
  return new LogError("LOG_UNAVAILABLE", "the log is away", {
    status: 503,
    expose: true,
    headers: { [RETRY_AFTER]: "1" },
  });
}

/** Converts a reply to the response of a fetch server. */
export function toReplyResponse(request: Request, reply: Reply): Response {
  const { status, headers, body, stream } = reply;
  if (stream === undefined) return new Response(body ?? null, { status, headers });
  holdWhileOpen(request, stream);
  if (request.method !== "HEAD") return toResponse(byteStreamOf(stream), { headers });
  stream.leave(noBody());
  return toResponse(null, { headers });
}
