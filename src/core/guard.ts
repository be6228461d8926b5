import type { TickerEntry } from "./ticker.ts";
import { sharedTicker } from "./ticker.ts";

/** How long a reader that takes nothing is waited for once the lifetime is over, when no `stallMs` is set. */
const LAST_WORDS_MS = 10_000;

export interface GuardOptions {
  /** Longest time that what was handed out may stay untaken; 0: for ever. */
  stallMs: number;
  /** Longest life; 0: for ever. */
  lifetimeMs: number;
}

/** Whoever is told of a deadline that passed. */
export interface Watched {
  onStall(stallMs: number): void;
  onLifetime(lifetimeMs: number): void;
}

/** Watches one stream's two deadlines, on the shared timer: a reader that takes nothing, and a life too long. */
export class Guard implements TickerEntry {
  readonly #ticker = sharedTicker();
  readonly #maxStallMs: number;
  readonly #lifetimeMs: number;
  readonly #watched: Watched;
  readonly #startedAt: number;
  /** When the reader was given what it has not yet taken; `undefined` while it waits for more. */
  #handedAt: number | undefined;
  #lifetimeTold = false;
  #stopped = false;

  constructor(options: GuardOptions, watched: Watched) {
    this.#maxStallMs = options.stallMs;
    this.#lifetimeMs = options.lifetimeMs;
    this.#watched = watched;
    this.#startedAt = this.#ticker.now();
    this.#handedAt = this.#startedAt;
    const dueAt = this.#nextDue();
    if (dueAt !== undefined) this.#ticker.add(this, dueAt);
  }

  /** The reader has something to take. */
  handed(): void {
    this.#handedAt = this.#ticker.now();
  }

  /** The reader took everything and asks for more. */
  waiting(): void {
    this.#handedAt = undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#ticker.remove(this);
  }

  onDue(now: number): number | undefined {
    const lifetimeMs = this.#lifetimeMs;
    if (lifetimeMs > 0 && !this.#lifetimeTold && now - this.#startedAt >= lifetimeMs) {
      this.#lifetimeTold = true;
      this.#watched.onLifetime(lifetimeMs);
    }
    if (this.#handedAt !== undefined && now - this.#handedAt >= this.#stallMs) {
      this.#watched.onStall(this.#stallMs);
    }
    return this.#stopped ? undefined : this.#nextDue();
  }

  get #stallMs(): number {
    if (this.#maxStallMs > 0) return this.#maxStallMs;
    return this.#lifetimeTold ? LAST_WORDS_MS : Number.POSITIVE_INFINITY;
  }

  #nextDue(): number | undefined {
    const lifetimeMs = this.#lifetimeMs;
    const stallDue = (this.#handedAt ?? this.#ticker.now()) + this.#stallMs;
    const lives = lifetimeMs > 0 && !this.#lifetimeTold;
    const dueAt = lives ? Math.min(stallDue, this.#startedAt + lifetimeMs) : stallDue;
    return dueAt === Number.POSITIVE_INFINITY ? undefined : dueAt;
  }
}
