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

/**
 * A stream whose times are watched: a reader that waits and hears nothing, a reader that takes nothing, and a life too
 * long. What it is doing is asked when a time is up: it has no call to make for each event.
 *
 * The stream is the shared timer's entry itself, and holds no guard beside it: most streams are many, and idle.
 */
export abstract class GuardedStream implements TickerEntry {
  readonly #options: GuardOptions;
  /** When its life is over; `undefined` when it has no limit, or its end was told. */
  #endsAt: number | undefined;
  #isGuarded = true;
  slot: number | undefined = undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
    const now = sharedTicker().now();
    this.#endsAt = options.lifetimeMs > 0 ? now + options.lifetimeMs : undefined;
    sharedTicker().add(this, this.#nextDue(now, false, now));
  }

  /** Whether the reader has all that there is, and asks for more. */
  abstract readonly isWaiting: boolean;
  /** When the reader was last given something, by the shared ticker's clock; at first, when it came. */
  abstract readonly handedAt: number;
  abstract onSilence(): void;
  abstract onStall(stallMs: number): void;
  abstract onLifetime(lifetimeMs: number): void;
  abstract onShutdown(phase: ShutdownPhase): void;

  /** Its times are watched no longer, and no shutdown waits for it. */
  protected unguard(): void {
    this.#isGuarded = false;
    sharedTicker().remove(this);
  }

  onDue(now: number): number | undefined {
    if (this.#endsAt !== undefined && now >= this.#endsAt) {
      this.#endsAt = undefined;
      this.onLifetime(this.#options.lifetimeMs);
    }
    if (this.#isGuarded) this.#look(now);
    // Asked anew: whoever was told has done something about it.
    return this.#isGuarded ? this.#nextDue(now, this.isWaiting, this.handedAt) : undefined;
  }

  #look(now: number): void {
    const { heartbeatMs } = this.#options;
    const untouchedFor = now - this.handedAt;
    if (!this.isWaiting && untouchedFor >= this.#stallMs) this.onStall(this.#stallMs);
    else if (this.isWaiting && heartbeatMs > 0 && untouchedFor >= heartbeatMs * (1 - EARLY_SHARE)) {
      this.onSilence();
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
