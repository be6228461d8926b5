import type { ShutdownPhase } from "./shutdown.ts";
import type { TickerEntry } from "./ticker.ts";
import { sharedTicker } from "./ticker.ts";
import { EARLY_SHARE } from "./heartbeat.ts";

/** How long a reader that takes nothing is waited for once the lifetime is over, when no `stallMs` is set. */
const LAST_WORDS_MS = 10_000;

export interface GuardOptions {
  /** Longest silence while the reader waits for more; 0: for ever. */
  heartbeatMs: number;
  /** Longest time that what was handed out may stay untaken; 0: for ever. */
  stallMs: number;
  /** Longest life; 0: for ever. */
  lifetimeMs: number;
}

/** Whoever is told of a time that is up. What it is doing is asked then: it has no call to make for each event. */
export interface Watched {
  /** Whether the reader has all that there is, and asks for more. */
  readonly isWaiting: boolean;
  /** When the reader was last given something, by the shared ticker's clock; at first, when it came. */
  readonly handedAt: number;
  onSilence(): void;
  onStall(stallMs: number): void;
  onLifetime(lifetimeMs: number): void;
  onShutdown(phase: ShutdownPhase): void;
}

/**
 * Watches one stream's times, as one entry of the shared timer: a reader that waits and hears nothing, a reader that
 * takes nothing, and a life too long.
 */
export class Guard implements TickerEntry {
  readonly #options: GuardOptions;
  readonly #watched: Watched;
  /** When its life is over; `undefined` when it has no limit, or its end was told. */
  #endsAt: number | undefined;
  #isStopped = false;
  slot: number | undefined = undefined;

  constructor(options: GuardOptions, watched: Watched) {
    this.#options = options;
    this.#watched = watched;
    const now = sharedTicker().now();
    this.#endsAt = options.lifetimeMs > 0 ? now + options.lifetimeMs : undefined;
    sharedTicker().add(this, this.#nextDue(now, false, now));
  }

  stop(): void {
    this.#isStopped = true;
    sharedTicker().remove(this);
  }

  onShutdown(phase: ShutdownPhase): void {
    this.#watched.onShutdown(phase);
  }

  onDue(now: number): number | undefined {
    if (this.#endsAt !== undefined && now >= this.#endsAt) {
      this.#endsAt = undefined;
      this.#watched.onLifetime(this.#options.lifetimeMs);
    }
    if (!this.#isStopped) this.#look(now);
    // Asked anew: whoever was told has done something about it.
    const { isWaiting, handedAt } = this.#watched;
    return this.#isStopped ? undefined : this.#nextDue(now, isWaiting, handedAt);
  }

  #look(now: number): void {
    const { isWaiting, handedAt } = this.#watched;
    const { heartbeatMs } = this.#options;
    const untouchedFor = now - handedAt;
    if (!isWaiting && untouchedFor >= this.#stallMs) this.#watched.onStall(this.#stallMs);
    else if (isWaiting && heartbeatMs > 0 && untouchedFor >= heartbeatMs * (1 - EARLY_SHARE)) {
      this.#watched.onSilence();
    }
  }

  get #stallMs(): number {
    const { stallMs, lifetimeMs } = this.#options;
    if (stallMs > 0) return stallMs;
    const isOver = lifetimeMs > 0 && this.#endsAt === undefined;
    return isOver ? LAST_WORDS_MS : Number.POSITIVE_INFINITY;
  }

  /** What is watched only in another state is looked at again after its time: by then the state may have come. */
  #nextDue(now: number, isWaiting: boolean, handedAt: number): number {
    const { heartbeatMs } = this.#options;
    const stallDue = (isWaiting ? now : handedAt) + this.#stallMs;
    const beatDue = heartbeatMs > 0 ? beatAt(handedAt, heartbeatMs, now) : stallDue;
    return Math.min(stallDue, beatDue, this.#endsAt ?? stallDue);
  }
}

/** The next end of a silence. One that is up was told, or there was nobody to hear it. */
function beatAt(handedAt: number, heartbeatMs: number, now: number): number {
  const isUp = now - handedAt >= heartbeatMs * (1 - EARLY_SHARE);
  return (isUp ? now : handedAt) + heartbeatMs;
}
