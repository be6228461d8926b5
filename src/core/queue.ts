import type { EventSet, OverflowPolicy } from "../protocol/define.ts";
import { baseEvents } from "../protocol/define.ts";
import { toJSON } from "../protocol/encode.ts";
import { QueueClosedError, QueueOverflowError } from "../protocol/errors.ts";
import type { AnyEvent } from "../protocol/events.ts";
import { Backlog } from "./backlog.ts";
import { positiveInteger } from "./options.ts";

/** How much a queue holds. Counts are items; sizes are what `sizeOf` answers. */
export interface QueueBounds {
  /** From this many waiting items on, `ready` waits and policies act. @default 1_024 */
  highWaterMark?: number | undefined;
  /** From this many waiting bytes on, `ready` waits and policies act. @default 262_144 (256 KiB) */
  highWaterMarkBytes?: number | undefined;
  /** From this many waiting items on, nothing more is kept. @default 16_384 */
  maxItems?: number | undefined;
  /** From this many waiting bytes on, nothing more is kept; one item may reach over it. @default 4_194_304 (4 MiB) */
  maxBytes?: number | undefined;
}

export interface QueueOptions<T> extends QueueBounds {
  /** Where each type's policy is defined. A type that is not defined is `durable`. @default the built-in union */
  events?: EventSet | undefined;
  /** What an item counts against the byte bounds. @default the length of its JSON plus 64 for the object */
  sizeOf?: ((item: T) => number) | undefined;
  /** Joins two `mergeable` neighbours, or answers `undefined` when they do not belong together. @default joins their `content` */
  merge?: ((older: T, newer: T) => T | undefined) | undefined;
}

/** The one reader's end of a queue. It takes without waiting, and is told when there is something to take. */
export interface QueueReader<T> {
  /** Called after an item was added to an empty queue, and when the queue ended. */
  onReadable: (() => void) | undefined;
  /** Takes the oldest item, `undefined` when none waits. */
  take(): T | undefined;
  /** Leaves: what waits is dropped, `push` answers `false`, `ready` settles. */
  cancel(): void;
}

type State = "open" | "closed" | "failed" | "cancelled";
const OBJECT_BYTES = 64;

/**
 * A bounded queue of events between producers and one reader.
 *
 * `push` never waits: it answers whether the event was kept. Await `ready` to go at the reader's pace. Past the
 * high-water mark each type's policy acts (`mergeable` joins its neighbour, `latest` replaces the waiting one,
 * `droppable` is refused); past `maxItems` or `maxBytes` a durable event cannot be kept, and the queue fails
 * with `QueueOverflowError` after what it holds: nothing is lost in silence. Each operation costs O(1).
 *
 * The producer closes (`close`, `fail`); the reader may leave (`return` of its iterator).
 *
 * @throws {RangeError} when a bound is not a positive integer, or a mark is above its bound.
 * @example
 * const queue = new AsyncEventQueue<StreamEvent>()
 * queue.push({ type: 'status', status: 'analyzing' })
 * queue.close()
 * for await (const event of queue) console.log(event.type)
 */
export class AsyncEventQueue<T extends AnyEvent> implements AsyncIterable<T> {
  readonly #backlog = new Backlog<T>();
  readonly #highWaterMark: number;
  readonly #highWaterMarkBytes: number;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #events: EventSet;
  readonly #sizeOf: (item: T) => number;
  readonly #merge: (older: T, newer: T) => T | undefined;
  #state: State = "open";
  #failure: unknown;
  #reader: QueueReader<T> | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  constructor({
    highWaterMark = 1_024,
    highWaterMarkBytes = 256 * 1024,
    maxItems = 16_384,
    maxBytes = 4 * 1024 * 1024,
    events = baseEvents,
    sizeOf = jsonSize,
    merge = joinContent,
  }: QueueOptions<T> = {}) {
    this.#maxItems = positiveInteger("maxItems", maxItems);
    this.#maxBytes = positiveInteger("maxBytes", maxBytes);
    this.#highWaterMark = Math.min(positiveInteger("highWaterMark", highWaterMark), maxItems);
    this.#highWaterMarkBytes = Math.min(
      positiveInteger("highWaterMarkBytes", highWaterMarkBytes),
      maxBytes,
    );
    this.#events = events;
    this.#sizeOf = sizeOf;
    this.#merge = merge;
  }

  /** How many items wait. */
  get size(): number {
    return this.#backlog.count;
  }

  /** How many bytes wait, as `sizeOf` counts. */
  get sizeBytes(): number {
    return this.#backlog.bytes;
  }

  /** `open` takes events; `closed` and `failed` let what is held flow out; `cancelled`: the reader left. */
  get state(): State {
    return this.#state;
  }

  /** Items to go until the high-water mark; 0 or less asks the producer to wait. */
  get desiredSize(): number {
    const items = this.#highWaterMark - this.#backlog.count;
    return this.#backlog.bytes < this.#highWaterMarkBytes ? items : Math.min(items, 0);
  }

  /** Resolves when there is room below the high-water mark, or when the queue ended. Never rejects. */
  get ready(): Promise<void> {
    if (this.#state !== "open" || this.desiredSize > 0) return Promise.resolve();
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /**
   * Adds an event.
   *
   * @returns whether it was kept. `false` also ends the queue as failed when the event was not `droppable`.
   * @throws {EncodeError} `NOT_SERIALISABLE` when its size cannot be told since JSON cannot hold it; the queue stays usable.
   */
  push(item: T): boolean {
    if (this.#state !== "open") return false;
    const size = this.#sizeOf(item);
    if (this.desiredSize > 0) {
      this.#backlog.add(item, size);
      if (this.#backlog.count === 1) this.#reader?.onReadable?.();
      return true;
    }
    return this.#pushUnderPressure(item, size);
  }

  /** Ends the queue: what is held flows out, then the reader is done. Idempotent. */
  close(): void {
    this.#end("closed");
  }

  /** Ends the queue with a reason, which the reader gets after what is held. Idempotent. */
  fail(reason: unknown): void {
    if (this.#state === "open") this.#failure = reason;
    this.#end("failed");
  }

  /** What {@link AsyncEventQueue.fail} was given. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Takes the reader's end.
   *
   * @throws {QueueClosedError} `QUEUE_HAS_READER` when it was taken before: two readers would steal from each other.
   */
  getReader(): QueueReader<T> {
    if (this.#reader) {
      throw new QueueClosedError(
        "QUEUE_HAS_READER",
        "this queue already has its reader: two readers would take events from each other",
      );
    }
    this.#reader = {
      onReadable: undefined,
      take: () => this.#take(),
      cancel: () => {
        this.#backlog.clear();
        this.#end("cancelled");
      },
    };
    return this.#reader;
  }

  /** Iterates what is pushed, once. Leaving the loop is the reader leaving. See {@link AsyncEventQueue.getReader}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    return new QueueIterator(this, this.getReader());
  }

  #pushUnderPressure(item: T, size: number): boolean {
    const policy: OverflowPolicy = this.#events.definitions.get(item.type)?.policy ?? "durable";
    if (policy === "droppable") return false;
    if (policy === "latest" && this.#backlog.replaceNewestOf(item.type, item, size)) return true;
    if (this.#isFull()) return this.#overflow();
    if (policy === "latest") this.#backlog.addNewestOf(item.type, item, size);
    else if (policy !== "mergeable" || !this.#joined(item)) this.#backlog.add(item, size);
    return true;
  }

  #joined(item: T): boolean {
    const older = this.#backlog.newest;
    const merged = older?.type === item.type ? this.#merge(older, item) : undefined;
    if (merged === undefined) return false;
    this.#backlog.replaceNewest(merged, this.#sizeOf(merged));
    return true;
  }

  #isFull(): boolean {
    return this.#backlog.count >= this.#maxItems || this.#backlog.bytes >= this.#maxBytes;
  }

  #overflow(): false {
    this.fail(
      new QueueOverflowError(
        `the reader is behind by ${this.size} events and ${this.sizeBytes} bytes, and no more can be kept`,
      ),
    );
    return false;
  }

  #take(): T | undefined {
    if (this.#backlog.count === 0) return undefined;
    const item = this.#backlog.take();
    if (this.#room && this.desiredSize > 0) this.#letProducersGo();
    return item;
  }

  #end(state: State): void {
    if (this.#state === "cancelled" || (this.#state !== "open" && state !== "cancelled")) return;
    this.#state = state;
    this.#letProducersGo();
    this.#reader?.onReadable?.();
  }

  #letProducersGo(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}

/**
 * The queue as an async iterator. A plain object, not a generator: `return()` settles a `next()` that waits,
 * in the same turn, where a generator would wait for it.
 */
class QueueIterator<T extends AnyEvent> implements AsyncIterableIterator<T, undefined> {
  readonly #queue: AsyncEventQueue<T>;
  readonly #reader: QueueReader<T>;
  #waiting: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];

  constructor(queue: AsyncEventQueue<T>, reader: QueueReader<T>) {
    this.#queue = queue;
    this.#reader = reader;
    reader.onReadable = () => this.#settle();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const waiting = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#waiting.push(waiting);
    this.#settle();
    return waiting.promise;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#reader.cancel();
    return Promise.resolve({ value: undefined, done: true });
  }

  #settle(): void {
    while (this.#waiting.length > 0) {
      const value = this.#reader.take();
      if (value === undefined && this.#queue.state === "open") return;
      const waiting = this.#waiting.shift();
      if (value !== undefined) waiting?.resolve({ value, done: false });
      else if (this.#failureIsDue()) waiting?.reject(this.#queue.failure);
      else waiting?.resolve({ value: undefined, done: true });
    }
  }

  /** The reason of a failed queue is told once; after it the iterator is done, as a generator would be. */
  #failureIsDue(): boolean {
    if (this.#queue.state !== "failed" || this.#told) return false;
    this.#told = true;
    return true;
  }

  #told = false;
}

function jsonSize(item: AnyEvent): number {
  return toJSON(item).length + OBJECT_BYTES;
}

/** Joins two events that are alike but for their `content`: a field that only one of them has must not get lost. */
function joinContent<T extends AnyEvent>(older: T, newer: T): T | undefined {
  const { content: head } = older as { content?: unknown };
  const { content: rest } = newer as { content?: unknown };
  if (typeof head !== "string" || typeof rest !== "string") return undefined;
  return differOnlyInContent(older, newer) ? { ...older, content: head + rest } : undefined;
}

export function differOnlyInContent(a: object, b: object): boolean {
  const fields = Object.entries(a);
  return (
    fields.length === Object.keys(b).length &&
    fields.every(
      ([name, value]) => name === "content" || (b as Record<string, unknown>)[name] === value,
    )
  );
}
