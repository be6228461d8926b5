import type { TickerEntry } from "../../core/ticker.ts";
import { sharedTicker } from "../../core/ticker.ts";
import { positiveInteger } from "../../protocol/options.ts";
import { Readings } from "../reading.ts";
import { notFound } from "../refusals.ts";
import type { LogInfo, LogStore } from "../store.ts";
import { MemoryLog } from "./memory-log.ts";

/** What {@link memoryStore} takes. */
export interface MemoryStoreOptions {
  /**
   * Most text of all logs together, in UTF-16 units: above it the logs that have ended go, the first that ended first,
   * and never the newest. Those that go on are held by the retention of each.
   *
   * @default 268_435_456 (256 MiB)
   */
  maxBytes?: number | undefined;
}

/**
 * Creates a store in this process's memory: nothing to install, gone with the process.
 *
 * An event is kept once, however many read it, and what is kept is bounded: by each log's retention, and by `maxBytes`
 * for all. One timer for all logs, which keeps no process alive.
 *
 * @throws {RangeError} when `maxBytes` is no positive integer.
 * @example
 * const runs = createRuns({ store: memoryStore() })
 */
export function memoryStore({ maxBytes = 268_435_456 }: MemoryStoreOptions = {}): LogStore {
  positiveInteger("maxBytes", maxBytes);
  return new MemoryStore(maxBytes);
}

class MemoryStore implements LogStore, TickerEntry {
  readonly #maxBytes: number;
  /** In the order of their creation. */
  readonly #logs = new Map<string, MemoryLog>();
  /** Those that have ended, in the order of their ends: what makes room. */
  readonly #ended = new Set<MemoryLog>();
  readonly #readings = new Readings();
  readonly #stopListeners = new Set<(streamId: string) => void>();
  #bytes = 0;
  /** When the next log is looked at. */
  #dueAt = Number.POSITIVE_INFINITY;
  slot: number | undefined = undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  create: LogStore["create"] = async (streamId, given) => {
    const known = this.#find(streamId);
    if (known) return { info: known.info, isNew: false };
    const log = new MemoryLog(streamId, given, this.#now());
    this.#logs.set(streamId, log);
    this.#watch(log);
    return { info: log.info, isNew: true };
  };

  append: LogStore["append"] = async (streamId, append) => {
    this.#change(streamId, (log) => log.append(append));
  };

  publish: LogStore["publish"] = async (streamId, publication) => {
    this.#change(streamId, (log) => log.publish(publication));
  };

  seal: LogStore["seal"] = async (streamId, seal) =>
    this.#find(streamId) !== undefined && this.#change(streamId, (log) => log.seal(seal));

  // Whoever holds a log here is this process: what is lost has ended.
  renew: LogStore["renew"] = async (leases) =>
    leases.flatMap(({ streamId, epoch }) => {
      const log = this.#find(streamId);
      return log?.isHeld && log.info.epoch === epoch ? [] : [streamId];
    });

  read: LogStore["read"] = (streamId, { after, signal } = {}) => {
    let place = after;
    let log: MemoryLog | undefined;
    const next = async (left: AbortSignal) => {
      log ??= this.#get(streamId);
      const batch = await log.batchAfter(place, left);
      place = batch?.entries.at(-1)?.id ?? place;
      return batch;
    };
    return this.#readings.start({ next }, signal);
  };

  info: LogStore["info"] = async (streamId) => this.#find(streamId)?.info;

  list: LogStore["list"] = async (owner) => {
    const found: LogInfo[] = [];
    for (const { streamId } of this.#logs.values()) {
      const log = this.#find(streamId);
      if (log?.owner === owner) found.push(log.info);
    }
    return found.toReversed();
  };

  remove: LogStore["remove"] = async (streamId) => {
    const log = this.#find(streamId);
    if (log) this.#remove(log);
    return log !== undefined;
  };

  requestStop: LogStore["requestStop"] = async (streamId) => {
    for (const listener of this.#stopListeners) listener(streamId);
  };

  onStopRequest: LogStore["onStopRequest"] = (listener) => {
    // One that is given twice is told twice.
    const tell = (streamId: string) => listener(streamId);
    this.#stopListeners.add(tell);
    return () => void this.#stopListeners.delete(tell);
  };

  close: LogStore["close"] = async () => {
    this.#readings.endAll();
    for (const log of this.#logs.values()) this.#remove(log);
    sharedTicker().remove(this);
    this.#dueAt = Number.POSITIVE_INFINITY;
  };

  /** Removes what is too old, and says when the next is. */
  onDue(now: number): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const log of this.#logs.values()) {
      if (log.expiresAt <= now) this.#remove(log);
      else next = Math.min(next, log.expiresAt);
    }
    this.#dueAt = next;
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #now(): number {
    return sharedTicker().now();
  }

  #find(streamId: string): MemoryLog | undefined {
    const log = this.#logs.get(streamId);
    if (log === undefined || log.expiresAt > this.#now()) return log;
    this.#remove(log);
    return undefined;
  }

  #get(streamId: string): MemoryLog {
    const log = this.#find(streamId);
    if (log === undefined) throw notFound();
    return log;
  }

  #change<T>(streamId: string, change: (log: MemoryLog) => T): T {
    const log = this.#get(streamId);
    const before = log.bytes;
    const answer = change(log);
    log.touchedAt = this.#now();
    this.#bytes += log.bytes - before;
    if (log.hasEnded) this.#ended.add(log);
    if (this.#bytes > this.#maxBytes) this.#makeRoom(log);
    if (!log.isHeld) this.#watch(log);
    return answer;
  }

  /** Logs that have ended go, the oldest ends first; `newest` stays, since nobody has read it yet. */
  #makeRoom(newest: MemoryLog): void {
    for (const log of this.#ended) {
      if (this.#bytes <= this.#maxBytes) return;
      if (log !== newest) this.#remove(log);
    }
  }

  /** Sees to it that `log` is looked at when its time is up. */
  #watch(log: MemoryLog): void {
    if (log.expiresAt >= this.#dueAt) return;
    this.#dueAt = log.expiresAt;
    sharedTicker().remove(this);
    sharedTicker().add(this, this.#dueAt);
  }

  #remove(log: MemoryLog): void {
    this.#logs.delete(log.streamId);
    this.#ended.delete(log);
    this.#bytes -= log.bytes;
    log.remove();
  }
}
