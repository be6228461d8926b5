import type { BoundedQueue, QueueListener } from "./bounded-queue.ts";

type Answer<T> = IteratorResult<T, undefined>;
type Resolve<T> = (answer: Answer<T> | Promise<Answer<T>>) => void;

const OVER = { value: undefined, done: true } as const;

/**
 * The queue as an async iterator. A plain object, not a generator: `return()` settles a `next()` that waits,
 * in the same turn, where a generator would wait for it.
 */
export class QueueIterator<T> implements AsyncIterableIterator<T, undefined>, QueueListener {
  readonly #queue: BoundedQueue<T>;
  /** The `next()` that waits, and those that were called after it. */
  #waiting: Resolve<T> | undefined;
  readonly #further: Resolve<T>[] = [];
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
    return new Promise(this.#wait);
  }

  /** One function for all promises: a reader that keeps up waits for each event. */
  readonly #wait = (resolve: Resolve<T>): void => {
    if (this.#waiting === undefined) this.#waiting = resolve;
    else this.#further.push(resolve);
    this.onReadable();
  };

  /** Hands `value` to a `next()` that waits. `false` when there is none. */
  answer(value: T): boolean {
    const waiting = this.#waiting;
    if (waiting === undefined) return false;
    this.#waiting = this.#further.length > 0 ? this.#further.shift() : undefined;
    waiting({ value, done: false });
    return true;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#queue.cancel();
    return Promise.resolve(OVER);
  }

  /** What can be taken goes straight to who waits: only the end is left to tell. */
  onReadable(): void {
    if (this.#queue.state === "open") return;
    for (let resolve = this.#waiting; resolve; resolve = this.#further.shift()) {
      resolve(this.#end());
    }
    this.#waiting = undefined;
  }

  /**
   * The reason of a failed queue is told once; after it the iterator is done, as a generator would be.
   * Both as promises then: who asked first is answered first.
   */
  #end(): Answer<T> | Promise<Answer<T>> {
    if (this.#queue.state !== "failed") return OVER;
    if (this.#failureIsTold) return Promise.resolve(OVER);
    this.#failureIsTold = true;
    return Promise.reject(this.#queue.failure);
  }
}
