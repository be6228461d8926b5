import type { TickerEntry } from "./ticker.ts";
import { sharedTicker } from "./ticker.ts";

/** How long a reader that takes nothing is waited for once the lifetime is over, when no `stallMs` is set. */
const LAST_WORDS_MS = 10_000;

export interface GuardOptions {
  /** Longest time that what was handed out may stay untaken; 0: for ever. */
  stallMs: number;
  onStall: () => void;
  /** Longest life; 0: for ever. */
  lifetimeMs: number;
  onLifetime: () => void;
}

/** Watches one stream's two deadlines, on the shared timer: a reader that takes nothing, and a life too long. */
export class Guard implements TickerEntry {
  readonly #ticker = sharedTicker();
  readonly #options: GuardOptions;
  readonly #startedAt: number;
  /** When the reader was given what it has not yet taken; `undefined` while it waits for more. */
  #handedAt: number | undefined;
  #lifetimeTold = false;
  #stopped = false;

  constructor(options: GuardOptions) {
    this.#options = options;
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
    const { lifetimeMs } = this.#options;
    if (lifetimeMs > 0 && !this.#lifetimeTold && now - this.#startedAt >= lifetimeMs) {
      this.#lifetimeTold = true;
      this.#options.onLifetime();
    }
    if (this.#handedAt !== undefined && now - this.#handedAt >= this.#stallMs) {
      this.#options.onStall();
    }
    return this.#stopped ? undefined : this.#nextDue();
  }

  get #stallMs(): number {
    const { stallMs } = this.#options;
    if (stallMs > 0) return stallMs;
    return this.#lifetimeTold ? LAST_WORDS_MS : Number.POSITIVE_INFINITY;
  }

  #nextDue(): number | undefined {
    const { lifetimeMs } = this.#options;
    const stallDue = (this.#handedAt ?? this.#ticker.now()) + this.#stallMs;
    const lives = lifetimeMs > 0 && !this.#lifetimeTold;
    const dueAt = lives ? Math.min(stallDue, this.#startedAt + lifetimeMs) : stallDue;
    return dueAt === Number.POSITIVE_INFINITY ? undefined : dueAt;
  }
}
