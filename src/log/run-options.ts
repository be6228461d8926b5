import type { CheckedQueueBounds, QueueBounds } from "../core/bounded-queue.ts";
import { checkQueueBounds } from "../core/bounded-queue.ts";
import type { StreamEnd } from "../core/life.ts";
import type { ExposeError } from "../core/mask.ts";
import type { EventSet } from "../protocol/define.ts";
import { baseEvents } from "../protocol/define.ts";
import type { AnyEvent } from "../protocol/events.ts";
import {
  checkShared,
  durationMs,
  ofKind,
  optionalFunction,
  positiveInteger,
  wholeNumber,
} from "../protocol/options.ts";
import type { Outcome } from "../protocol/outcome.ts";
import type { CheckedReaderOptions, ReaderOptions } from "./reader-options.ts";
import { checkReaderOptions } from "./reader-options.ts";
import type { LogStore, Retention } from "./store.ts";

/** What a log needs, a run's or a channel's. */
export interface LogOptions<Set = EventSet> extends ReaderOptions {
  /** Where the logs are kept. It stays yours: close it when nobody uses it any more. */
  store: LogStore;
  /** The events that are told. @default the built-in union */
  events?: Set | undefined;
  /** How much of a log is kept, and for how long. */
  retention?: Partial<Retention> | undefined;
  /** How much may wait for a store that is away or slow. */
  queue?: QueueBounds | undefined;
  /**
   * How long the store may be away at a stretch before what waits for it is given up, in milliseconds.
   *
   * @default 60_000
   */
  storeAwayMs?: number | undefined;
  /** Also names each event in the `event` field, for native listeners; never `error`. @default false */
  eventField?: boolean | undefined;
}

/** What a run came to, as the server's hook gets it. */
export interface RunEnd extends StreamEnd {
  id: string;
  owner: string | undefined;
  /** The newest event of each type but `chunk`: `latest.result`, `latest.usage`, also when the run was cut. */
  latest: Record<string, AnyEvent>;
}

/** What {@link createRuns} takes. */
export interface RunsOptions<Set = EventSet> extends LogOptions<Set> {
  /**
   * How long a producer may show no sign of life, in milliseconds: then it counts as gone, its log is ended, and what it
   * still says is refused. Signs are given by themselves, three times as often.
   *
   * @default 15_000
   */
  leaseMs?: number | undefined;
  /** Longest life of a run, in milliseconds; then it ends as `failed`. `0` sets no limit. @default 0 */
  lifetimeMs?: number | undefined;
  /**
   * How long a run with `onDisconnect: "cancel"` waits for a reader to come back, in milliseconds, before it is stopped.
   *
   * @default 5_000
   */
  cancelAfterMs?: number | undefined;
  /** How much of the text of `chunk` events `onEnd` gets, in characters; 0: nothing. @default 1_048_576 */
  maxTextLength?: number | undefined;
  /** Decides what readers are told about an error. @default a code, a plain sentence and an error id, nothing of the original */
  exposeError?: ExposeError | undefined;
  /** Called exactly once for each run that was started here, however it ends. */
  onEnd?: ((outcome: Outcome, end: RunEnd) => unknown) | undefined;
  /** Given a promise that resolves with each run's end: what keeps a serverless function alive (`ctx.waitUntil`). */
  waitUntil?: ((end: Promise<unknown>) => void) | undefined;
  /** The path at which a run can be read again. @default the path of the request that started it, `/`, the run's id */
  path?: ((id: string) => string) | undefined;
}

/** The options of a log with their defaults, checked. */
export interface CheckedLogOptions extends CheckedReaderOptions {
  store: LogStore;
  events: EventSet;
  retention: Retention;
  queue: CheckedQueueBounds;
  giveUpMs: number;
  eventField: boolean;
}

export interface CheckedRunsOptions extends CheckedLogOptions {
  leaseMs: number;
  lifetimeMs: number;
  cancelAfterMs: number;
  maxTextLength: number;
  exposeError: ExposeError | undefined;
  onEnd: RunsOptions["onEnd"];
  waitUntil: RunsOptions["waitUntil"];
  path: RunsOptions["path"];
}

const HOUR_MS = 3_600_000;

/** @throws {TypeError | RangeError} naming the option, the rule and the value. */
export function checkLogOptions(options: LogOptions, maxAgeMs: number): CheckedLogOptions {
  const { store, events = baseEvents, retention = {}, queue = {} } = options;
  const { storeAwayMs = 60_000, eventField = false } = options;
  ofKind("store", "object", store);
  optionalFunction("store", store, "a LogStore", (store as { create?: unknown }).create);
  checkShared(events);
  ofKind("retention", "object", retention);
  ofKind("queue", "object", queue);
  ofKind("eventField", "boolean", eventField);
  durationMs("storeAwayMs", storeAwayMs);
  const kept = {
    maxEvents: retention.maxEvents ?? 100_000,
    maxBytes: retention.maxBytes ?? 16 * 1024 * 1024,
    maxAgeMs: retention.maxAgeMs ?? maxAgeMs,
  };
  for (const [name, value] of Object.entries(kept)) positiveInteger(`retention.${name}`, value);
  return {
    ...checkReaderOptions(options),
    store,
    events,
    retention: kept,
    queue: checkQueueBounds(queue),
    giveUpMs: storeAwayMs,
    eventField,
  };
}

/** @throws {TypeError | RangeError} naming the option, the rule and the value. */
export function checkRunsOptions(options: RunsOptions): CheckedRunsOptions {
  ofKind("options", "object", options);
  const { leaseMs = 15_000, lifetimeMs = 0, cancelAfterMs = 5_000 } = options;
  const { maxTextLength = 1024 * 1024, exposeError, onEnd, waitUntil, path } = options;
  positiveInteger("leaseMs", leaseMs);
  durationMs("lifetimeMs", lifetimeMs);
  durationMs("cancelAfterMs", cancelAfterMs);
  wholeNumber("maxTextLength", maxTextLength);
  optionalFunction("exposeError", exposeError);
  optionalFunction("onEnd", onEnd);
  optionalFunction("waitUntil", waitUntil);
  optionalFunction("path", path);
  return {
    ...checkLogOptions(options, HOUR_MS),
    leaseMs,
    lifetimeMs,
    cancelAfterMs,
    maxTextLength,
    exposeError,
    onEnd,
    waitUntil,
    path,
  };
}
