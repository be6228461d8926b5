import { durationMs, ofKind, refuse } from "../protocol/options.ts";
import type { TickerEntry } from "./ticker.ts";
import { sharedTicker } from "./ticker.ts";

/** A shorter interval would flood readers: it is refused. */
const SHORTEST_INTERVAL_MS = 100;
/** A beat may come early by this share of the interval, so that many streams beat in one wake-up. Never late. */
export const EARLY_SHARE = 1 / 16;

/** How often, and what, a heartbeat beats. */
export interface HeartbeatOptions {
  /**
   * Longest silence before a beat, in milliseconds. `0` never beats.
   * Keep it below the idle timeout of every proxy on the way.
   *
   * @default 15_000
   */
  intervalMs?: number | undefined;
  /** Called after each silence of that length. It must not throw. */
  onBeat: () => void;
}

/** A running heartbeat. */
export interface Heartbeat {
  /** Says that there was no silence: something was sent just now. */
  touch(): void;
  /** Ends it for good. Idempotent. */
  stop(): void;
}

/**
 * Starts calling `onBeat` after every silence of `intervalMs`, until `stop()`.
 *
 * All heartbeats of a process share one timer, which is gone when the last one stopped and never keeps a
 * process alive. A beat counts as activity: the next one comes a full interval later.
 *
 * @throws {TypeError | RangeError} when `onBeat` is no function, or when `intervalMs` is not a number of milliseconds,
 * or is below 100 and not 0.
 * @example
 * const heartbeat = startHeartbeat({ onBeat: () => response.write(encodeComment('heartbeat')) })
 * response.on('close', () => heartbeat.stop())
 */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  ofKind("options", "object", options);
  const { intervalMs = 15_000, onBeat } = options;
  if (typeof onBeat !== "function") refuse("onBeat", "a function", onBeat);
  heartbeatInterval("intervalMs", intervalMs);
  return intervalMs === 0 ? SILENT : new TickingHeartbeat(intervalMs, onBeat);
}

const SILENT: Heartbeat = { touch() {}, stop() {} };

/** Refuses an interval that no heartbeat can have. */
export function heartbeatInterval(name: string, intervalMs: number): number {
  durationMs(name, intervalMs);
  if (intervalMs !== 0 && intervalMs < SHORTEST_INTERVAL_MS) {
    throw new RangeError(
      `\`${name}\` must be 0 (none) or at least ${SHORTEST_INTERVAL_MS}, got ${intervalMs}`,
    );
  }
  return intervalMs;
}

class TickingHeartbeat implements Heartbeat, TickerEntry {
  readonly #ticker = sharedTicker();
  readonly #intervalMs: number;
  readonly #onBeat: () => void;
  #lastActivityAt: number;
  #stopped = false;

  constructor(intervalMs: number, onBeat: () => void) {
    this.#intervalMs = intervalMs;
    this.#onBeat = onBeat;
    this.#lastActivityAt = this.#ticker.now();
    this.#ticker.add(this, this.#lastActivityAt + intervalMs);
  }

  touch(): void {
    this.#lastActivityAt = this.#ticker.now();
  }

  stop(): void {
    this.#stopped = true;
    this.#ticker.remove(this);
  }

  onDue(now: number): number | undefined {
    const silentFor = now - this.#lastActivityAt;
    if (silentFor >= this.#intervalMs * (1 - EARLY_SHARE)) {
      this.#lastActivityAt = now;
      this.#onBeat();
    }
    return this.#stopped ? undefined : this.#lastActivityAt + this.#intervalMs;
  }
}
