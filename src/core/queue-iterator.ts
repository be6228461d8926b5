import type { BoundedQueue, QueueListener } from "./bounded-queue.ts";

type Resolve<T> = (result: IteratorResult<T, undefined>) => void;
type Reject = (reason: unknown) => void;

const OVER = { value: undefined, done: true } as const;

/**
 * The queue as an async iterator. A plain object, not a generator: `return()` settles a `next()` that waits,
 * in the same turn, where a generator would wait for it.
 */
export class QueueIterator<T> implements AsyncIterableIterator<T, undefined>, QueueListener {
  readonly #queue: BoundedQueue<T>;
  /** The `next()` that waits. */
  #resolve: Resolve<T> | undefined;
  #reject: Reject | undefined;
  /** Those that were called after it. */
  readonly #further: Array<{ resolve: Resolve<T>; reject: Reject }> = [];
  #failureIsTold = false;

  constructor(queue: BoundedQueue<T>) {
    this.#queue = queue;
    queue.listener = this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    // Whoever waits has emptied the queue.
    const value = this.#queue.take();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.#resolve !== undefined || this.#queue.state !== "open") return this.#waitInLine();
    // In place, where the engine writes it into the caller: a reader that keeps up comes here for each event.
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** When the queue has ended, or another `next()` waits already. */
  #waitInLine(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#further.push({ resolve, reject });
      if (this.#resolve === undefined) this.#nextInLine();
      this.onReadable();
    });
  }

  /** Hands `value` to a `next()` that waits. `false` when there is none. */
  answer(value: T): boolean {
    const resolve = this.#resolve;
    if (resolve === undefined) return false;
    this.#nextInLine();
    resolve({ value, done: false });
    return true;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#queue.cancel();
    return Promise.resolve(OVER);
  }

  /** What can be taken goes straight to who waits: only the end is left to tell. */
  onReadable(): void {
    if (this.#queue.state === "open") return;
    for (let resolve = this.#resolve; resolve; resolve = this.#resolve) {
      if (this.#failureIsDue()) this.#reject?.(this.#queue.failure);
      else resolve(OVER);
      this.#nextInLine();
    }
  }

  #nextInLine(): void {
    const next = this.#further.length > 0 ? this.#further.shift() : undefined;
    this.#resolve = next?.resolve;
    this.#reject = next?.reject;
  }

  /** The reason of a failed queue is told once; after it the iterator is done, as a generator would be. */
  #failureIsDue(): boolean {
    if (this.#queue.state !== "failed" || this.#failureIsTold) return false;
    this.#failureIsTold = true;
    return true;
  }
}
