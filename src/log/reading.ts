import type { LogBatch } from "./store.ts";

/** Whoever has the entries that a {@link LogReading} hands on. */
export interface LogSource {
  /**
   * Answers the next batch once there is one; `undefined` when the reading is over. Asked again once it has answered.
   *
   * @param signal - Aborts when nobody wants it any more: what is answered then goes nowhere.
   */
  next(signal: AbortSignal): PromiseLike<LogBatch | undefined>;
  /** Called once, when the reading is over. */
  over?(): void;
}

type Taken = IteratorResult<LogBatch, undefined>;

const OVER = { value: undefined, done: true } as const;

/** A reading of a log, as a plain iterator: `return()` and the signal settle a `next()` that waits, in the same turn. */
export class LogReading implements AsyncIterableIterator<LogBatch, undefined> {
  readonly #source: LogSource;
  readonly #signal: AbortSignal | undefined;
  readonly #leaving = new AbortController();
  #isOver = false;
  /** Ends the `next()` that waits. */
  #endWait: (() => void) | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: LogSource, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#leave);
    if (signal?.aborted) this.#leave();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Taken> {
    // Each waits for the one before, as a generator's would.
    const answer = this.#last.then(() => this.#take());
    this.#last = answer.catch(() => {});
    return answer;
  }

  return(): Promise<Taken> {
    this.#leave();
    return Promise.resolve(OVER);
  }

  #take(): Promise<Taken> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) {
        resolve(OVER);
        return;
      }
      this.#endWait = () => resolve(OVER);
      this.#source.next(this.#leaving.signal).then(
        (value) => {
          resolve(value ? { value, done: false } : OVER);
          if (value?.outcome !== undefined || value === undefined) this.#leave();
        },
        (error: unknown) => {
          reject(error);
          this.#leave();
        },
      );
    });
  }

  readonly #leave = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal?.removeEventListener("abort", this.#leave);
    this.#leaving.abort();
    this.#endWait?.();
    this.#source.over?.();
  };
}

/** The readings of one store, which ends them when it is closed. */
export class Readings {
  readonly #ends = new Set<() => void>();

  start(source: LogSource, signal?: AbortSignal): LogReading {
    const end = () => void reading.return();
    const reading: LogReading = new LogReading(
      {
        // From here on only: one that nobody ever reads holds nothing.
        next: (left) => {
          this.#ends.add(end);
          return source.next(left);
        },
        over: () => {
          this.#ends.delete(end);
          source.over?.();
        },
      },
      signal,
    );
    return reading;
  }

  endAll(): void {
    for (const end of this.#ends) end();
  }
}
