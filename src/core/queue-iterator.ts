import type { BoundedQueue, QueueListener } from "./bounded-queue.ts";

interface Answer<T> {
  resolve: (result: IteratorResult<T, undefined>) => void;
  reject: (reason: unknown) => void;
}

const OVER = { value: undefined, done: true } as const;

/**
 * The queue as an async iterator. A plain object, not a generator: `return()` settles a `next()` that waits,
 * in the same turn, where a generator would wait for it.
 */
export class QueueIterator<T> implements AsyncIterableIterator<T, undefined>, QueueListener {
  readonly #queue: BoundedQueue<T>;
  /** The `next()` that waits, and those that were called after it. */
  #waiting: Answer<T> | undefined;
  readonly #further: Answer<T>[] = [];
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
    return new Promise((resolve, reject) => {
      const answer = { resolve, reject };
      if (this.#waiting === undefined) this.#waiting = answer;
      else this.#further.push(answer);
      this.onReadable();
    });
  }

  /** Hands `value` to a `next()` that waits. `false` when there is none. */
  answer(value: T): boolean {
    const waiting = this.#waiting;
    if (waiting === undefined) return false;
    this.#waiting = this.#further.length > 0 ? this.#further.shift() : undefined;
    waiting.resolve({ value, done: false });
    return true;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#queue.cancel();
    return Promise.resolve(OVER);
  }

  /** What can be taken goes straight to who waits: only the end is left to tell. */
  onReadable(): void {
    if (this.#queue.state === "open") return;
    for (let answer = this.#waiting; answer; answer = this.#further.shift()) {
      if (this.#failureIsDue()) answer.reject(this.#queue.failure);
      else answer.resolve(OVER);
    }
    this.#waiting = undefined;
  }

  /** The reason of a failed queue is told once; after it the iterator is done, as a generator would be. */
  #failureIsDue(): boolean {
    if (this.#queue.state !== "failed" || this.#failureIsTold) return false;
    this.#failureIsTold = true;
    return true;
  }
}
