import type { Producer } from "../core/produce.ts";
import type { BaseEvents, EventSet } from "../protocol/define.ts";
import { ALLOW, CONTENT_TYPE, IDEMPOTENCY_KEY } from "../protocol/http.ts";
import { optionalFunction, refuse } from "../protocol/options.ts";
import { notFound } from "./refusals.ts";
import type { ReaderRequest, Reply } from "./reply.ts";
import { pathOf, replyOrRefusal, toReplyResponse } from "./reply.ts";
import type { Run, RunInfo, Runs, StartOptions } from "./run.ts";

/** What a POST asks for. */
export interface AskedRun {
  /** The body as JSON; `undefined` when it is empty. */
  body: unknown;
  owner: string | undefined;
  request: ReaderRequest;
}

/** What is started for it. */
export interface RunToStart<Set extends EventSet> extends Pick<
  StartOptions,
  "onDisconnect" | "signal"
> {
  producer: Producer<Set>;
  /** @default the request's `Idempotency-Key` */
  key?: string | undefined;
}

/** What {@link createRunRoutes} takes. */
export interface RunRoutesOptions<Set extends EventSet = BaseEvents> {
  runs: Runs<Set>;
  /** Where the routes are. @default "/runs" */
  path?: string | undefined;
  /**
   * Answers what a POST starts. What it throws is an ordinary HTTP error when it carries a `status`: the place to
   * validate.
   */
  start: (asked: AskedRun) => RunToStart<Set> | PromiseLike<RunToStart<Set>>;
  /** Answers who asks, on every route: the place to authorise. Without it, whoever knows a run's id may read and stop it. */
  owner?:
    | ((request: ReaderRequest) => string | undefined | PromiseLike<string | undefined>)
    | undefined;
}

/** The usual four routes, on any host. */
export interface RunRoutes {
  /** Answers a request of a fetch server. */
  respond(request: Request): Promise<Response>;
  /** {@link RunRoutes.respond} for adapters. */
  reply(request: ReaderRequest): Promise<Reply>;
}

/** A body that is larger is refused, in UTF-16 units. */
const MOST_BODY = 1024 * 1024;

/**
 * Creates the four routes that most applications want of runs: `POST path` starts one and streams it, `GET path/id`
 * comes back to it, `DELETE path/id` stops it, `GET path` lists those of its owner.
 *
 * @throws {TypeError} at once, naming the option, when one is not usable.
 * @example
 * const routes = createRunRoutes({ runs, path: '/api/runs', start: ({ body }) => ({ producer: answer(body) }) })
 * Bun.serve({ fetch: (request) => routes.respond(request) })
 */
export function createRunRoutes<Set extends EventSet = BaseEvents>(
  options: RunRoutesOptions<Set>,
): RunRoutes {
  const { path = "/runs", owner } = options;
  if (typeof path !== "string" || !/^\/.*[^/]$/.test(path)) {
    refuse("path", "a path that begins with `/` and does not end with it", path);
  }
  const { runs, start } = options as { runs?: { start?: unknown }; start?: unknown };
  if (typeof runs?.start !== "function") refuse("runs", "from createRuns", runs);
  if (typeof start !== "function") refuse("start", "a function", start);
  optionalFunction("owner", owner);
  const reply = (request: ReaderRequest) =>
    replyOrRefusal(() => route(options as unknown as RunRoutesOptions<EventSet>, path, request));
  return {
    reply,
    respond: async (request) => toReplyResponse(request, await reply(request)),
  };
}

async function route(
  { runs, owner: ownerOf, start }: RunRoutesOptions<EventSet>,
  path: string,
  request: ReaderRequest,
): Promise<Reply> {
  const asked = pathOf(request);
  const id = asked.startsWith(`${path}/`) ? decoded(asked.slice(path.length + 1)) : undefined;
  if (asked !== path && (id === undefined || id === "")) throw notFound();
  const allowed = id === undefined ? ["GET", "POST"] : ["GET", "HEAD", "DELETE"];
  if (!allowed.includes(request.method)) return notAllowed(allowed);
  const owner = await ownerOf?.(request);
  if (id === undefined && request.method === "POST") {
    return (await startRun(runs, start, owner, request)).reply(request);
  }
  if (id === undefined) return json(200, await listed(runs, owner));
  if (request.method !== "DELETE") return runs.reply(request, { id, owner });
  return json(200, { stopped: await runs.stop(id, { owner }) });
}

async function startRun(
  runs: Runs<EventSet>,
  start: RunRoutesOptions<EventSet>["start"],
  owner: string | undefined,
  request: ReaderRequest,
): Promise<Run> {
  const body = toBody(await request.text());
  const { producer, key, ...options } = await start({ body, owner, request });
  const named = key ?? request.headers.get(IDEMPOTENCY_KEY) ?? undefined;
  return runs.start(producer, { ...options, key: named, owner, body });
}

function toBody(text: string): unknown {
  if (text.length > MOST_BODY) throw new BadRequest(413, "the body is too large");
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadRequest(400, "the body must be JSON", { cause });
  }
}

/** Without an owner nobody's runs are anybody's. */
async function listed(runs: Runs<EventSet>, owner: string | undefined): Promise<RunInfo[]> {
  return owner === undefined ? [] : runs.list({ owner });
}

function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

function json(status: number, value: unknown): Reply {
  return { status, headers: { [CONTENT_TYPE]: "application/json" }, body: JSON.stringify(value) };
}

function notAllowed(allowed: readonly string[]): Reply {
  return {
    ...json(405, { error: { message: "The method is not allowed." } }),
    headers: { [ALLOW]: allowed.join(", "), [CONTENT_TYPE]: "application/json" },
  };
}

/** Says to HTTP what is wrong with a request. */
class BadRequest extends Error {
  readonly status: number;
  readonly expose = true;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
