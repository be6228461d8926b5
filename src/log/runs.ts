import { checkProducer } from "../core/produce.ts";
import type { BaseEvents, EventSet } from "../protocol/define.ts";
import { LogError } from "../protocol/errors.ts";
import { isAfter } from "../protocol/event-id.ts";
import { CONTENT_LOCATION } from "../protocol/http.ts";
import { optionalFunction, refuse } from "../protocol/options.ts";
import { closeAtShutdown, isShuttingDown, shuttingDown } from "../core/shutdown.ts";
import { checkCursor, notFound } from "./refusals.ts";
import { newEpoch } from "./epoch.ts";
import { tailOf } from "./feed.ts";
import { digestOf } from "./identity.ts";
import { sealLost, sealStopped } from "./last-words.ts";
import type { Run, RunInfo, Runs, RunTarget, StartOptions } from "./run.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import { LiveRun } from "./live-run.ts";
import { openReader } from "./open-reader.ts";
import type { ReaderRequest, Reply } from "./reply.ts";
import { lastEventIdOf, pathOf, replyOrRefusal, toReplyResponse } from "./reply.ts";
import type { CheckedRunsOptions, RunsOptions } from "./run-options.ts";
import { checkRunsOptions } from "./run-options.ts";
import type { LogInfo } from "./store.ts";

/** What stands before a run's id in the store. */
const RUN = "run/";

/**
 * Creates what starts runs and lets them be read: now, again after a cut, from a second device, after the end.
 *
 * @throws {TypeError | RangeError} at once, naming the option, when one is not usable.
 * @example
 * const runs = createRuns({ store: memoryStore() })
 * export async function POST(request: Request) {
 *   const run = await runs.start(async (stream) => {
 *     for await (const token of model(stream.signal)) await stream.chunk(token)
 *   })
 *   return run.respond(request)
 * }
 */
export function createRuns<Set extends EventSet = BaseEvents>(
  options: RunsOptions<Set>,
): Runs<Set> {
  return new RunsOfStore(checkRunsOptions(options));
}

class RunsOfStore implements Runs<EventSet> {
  readonly #options: CheckedRunsOptions;
  readonly #leases: LeaseKeeper;
  readonly #endListening: () => void;

  constructor(options: CheckedRunsOptions) {
    this.#options = options;
    this.#leases = new LeaseKeeper(options.store, options.leaseMs);
    closeAtShutdown(options.store);
    this.#endListening = options.store.onStopRequest((streamId) =>
      this.#leases.get(streamId)?.stop(),
    );
  }

  async start(producer: unknown, options: StartOptions = {}): Promise<Run> {
    checkProducer(producer, options);
    if (isShuttingDown()) throw shuttingDown();
    const { key, owner, body, onDisconnect = "continue", signal } = checkStart(options);
    const id = key === undefined ? crypto.randomUUID() : await digestOf(owner, key);
    const fingerprint = body === undefined ? undefined : await digestOf(body);
    const { store, retention, leaseMs, waitUntil } = this.#options;
    const epoch = newEpoch();
    const streamId = RUN + id;
    const log = { epoch, retention, leaseMs, owner, fingerprint };
    const { info, isNew } = await store.create(streamId, log);
    if (info.fingerprint !== fingerprint) throw conflict();
    if (isNew) {
      const lease = { streamId, epoch, leaseMs };
      const cancels = onDisconnect === "cancel";
      const live = new LiveRun({ id, owner, lease, cancels, signal }, this.#options);
      this.#leases.keep(live);
      waitUntil?.(live.ended);
      live.start(producer);
    }
    return this.#handle({ id, owner }, isNew);
  }

  #handle(target: RunTarget, isNew: boolean): Run {
    const { id, owner } = target;
    const reply = (request: ReaderRequest) =>
      this.#reply(request, target, this.#pathOf(request, id));
    return {
      id,
      owner,
      isNew,
      ended: this.#leases.get(RUN + id)?.ended,
      reply,
      respond: async (request) => toReplyResponse(request, await reply(request)),
      stop: () => this.stop(id, { owner }),
    };
  }

  async respond(request: Request, target: RunTarget): Promise<Response> {
    return toReplyResponse(request, await this.reply(request, target));
  }

  reply(request: ReaderRequest, target: RunTarget): Promise<Reply> {
    return this.#reply(request, target, this.#options.path?.(target.id));
  }

  async stop(id: string, { owner }: { owner?: string | undefined } = {}): Promise<boolean> {
    const { store } = this.#options;
    const info = await this.#find({ id, owner });
    if (info.outcome !== undefined) return false;
    const live = this.#leases.get(info.streamId);
    if (live !== undefined) live.stop();
    else if (!info.isHeld) return sealStopped(store, info);
    else await store.requestStop(info.streamId);
    return true;
  }

  async get(
    id: string,
    { owner }: { owner?: string | undefined } = {},
  ): Promise<RunInfo | undefined> {
    const info = await this.#options.store.info(RUN + id);
    return info?.owner === owner && info !== undefined ? toRunInfo(info) : undefined;
  }

  async list({ owner }: { owner: string }): Promise<RunInfo[]> {
    const all = await this.#options.store.list(owner);
    return all.filter(({ streamId }) => streamId.startsWith(RUN)).map(toRunInfo);
  }

  close(): void {
    this.#endListening();
  }

  #pathOf(request: ReaderRequest, id: string): string {
    return this.#options.path?.(id) ?? `${pathOf(request).replace(/\/$/, "")}/${id}`;
  }

  /** @throws {LogError} `LOG_NOT_FOUND`, alike for what is unknown and what is another's. */
  async #find({ id, owner }: RunTarget): Promise<LogInfo> {
    const info = await this.#options.store.info(RUN + id);
    if (info === undefined || info.owner !== owner) throw notFound();
    return info;
  }

  #reply(request: ReaderRequest, target: RunTarget, path: string | undefined): Promise<Reply> {
    return replyOrRefusal(async () => {
      if (isShuttingDown()) throw shuttingDown();
      const { store, leaseMs } = this.#options;
      const cursor = checkCursor(lastEventIdOf(request));
      let info = await this.#find(target);
      // Who comes first after the producer is gone ends the log: everybody is told the same.
      if (await sealLost(store, info)) info = await this.#find(target);
      if (info.outcome !== undefined && cursor !== undefined && !isAfter(tailOf(info), cursor)) {
        return { status: 204, headers: {} };
      }
      const headers = path === undefined ? {} : { [CONTENT_LOCATION]: path };
      const place = cursor ?? ([0, 0] as const);
      const reply = openReader({
        store,
        info,
        id: target.id,
        request,
        options: this.#options,
        leaseMs,
        place,
        headers,
      });
      this.#leases.get(info.streamId)?.addReader(reply.stream);
      return reply;
    });
  }
}

function checkStart(options: StartOptions): StartOptions {
  const { key, owner, onDisconnect, signal } = options;
  if (key !== undefined && (typeof key !== "string" || key === "")) {
    refuse("key", "a string that is not empty", key);
  }
  if (owner !== undefined && typeof owner !== "string") refuse("owner", "a string", owner);
  if (!/^(undefined|continue|cancel)$/.test(`${onDisconnect}`)) {
    refuse("onDisconnect", "`continue` or `cancel`", onDisconnect);
  }
  optionalFunction(
    "signal",
    signal,
    "an AbortSignal",
    (signal as { addEventListener?: unknown } | undefined)?.addEventListener,
  );
  return options;
}

function toRunInfo({ streamId, owner, epoch, outcome, isHeld }: LogInfo): RunInfo {
  const goesOn = isHeld ? "running" : "lost";
  return {
    id: streamId.slice(RUN.length),
    owner,
    startedAt: epoch,
    state: outcome === undefined ? goesOn : "ended",
    outcome,
  };
}

function conflict(): LogError {
  return new LogError("RUN_CONFLICT", "the key was used for another request", {
    status: 409,
    expose: true,
  });
}
