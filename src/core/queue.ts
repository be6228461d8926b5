import type { EventSet } from "../protocol/define.ts";
import { baseEvents } from "../protocol/define.ts";
import { toJSON } from "../protocol/encode.ts";
import { QueueClosedError } from "../protocol/errors.ts";
import { checkShared, optionalFunction, refuse, wholeNumber } from "../protocol/options.ts";
import type { AnyEvent, StreamEvent } from "../protocol/events.ts";
import type { QueueBounds, QueueReader, QueueState } from "./bounded-queue.ts";
import { BoundedQueue, checkQueueBounds } from "./bounded-queue.ts";
import { QueueIterator } from "./queue-iterator.ts";

/** How an {@link AsyncEventQueue} counts, joins and bounds what waits in it. */
export interface QueueOptions<T> extends QueueBounds {
  /** Where each type's policy is defined. A type that is not defined is `durable`. @default the built-in union */
  events?: EventSet | undefined;
  /**
   * What an item counts against the byte bounds. By default a field of which JSON cannot tell it counts as `highWaterMarkBytes`.
   * @default the length of its texts and of the JSON of what is nested, plus 64 for the object
   */
  sizeOf?: ((item: T) => number) | undefined;
  /** Joins two `mergeable` neighbours of one type, or answers `undefined` when they do not belong together. @default joins their `content` */
  merge?: ((older: T, newer: T) => T | undefined) | undefined;
}

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
 * @throws {TypeError | RangeError} naming the option, when one is not usable.
 * @example
 * const queue = new AsyncEventQueue<StreamEvent>()
 * queue.push({ type: 'status', status: 'analyzing' })
 * queue.close()
 * for await (const event of queue) console.log(event.type)
 */
export class AsyncEventQueue<T extends AnyEvent = StreamEvent> implements AsyncIterable<T> {
  readonly #queue: BoundedQueue<T>;
  readonly #sizeOf: (item: T) => number;
  /** The application's own count may refuse an item, so it sees each. */
  readonly #countsEach: boolean;
  #iterator: QueueIterator<T> | undefined;

  constructor({
    events = baseEvents,
    sizeOf,
    merge = joinContent,
    ...bounds
  }: QueueOptions<T> = {}) {
    checkShared(events);
    optionalFunction("sizeOf", sizeOf);
    optionalFunction("merge", merge);
    const checked = checkQueueBounds(bounds);
    this.#countsEach = sizeOf !== undefined;
    this.#sizeOf = sizeOf
      ? (item) => wholeNumber("sizeOf(item)", sizeOf(item))
      : (item) => eventSize(item, checked.highWaterMarkBytes);
    this.#queue = new BoundedQueue<T>(
      {
        sizeOf: this.#sizeOf,
        policyOf: (type) => events.definitions.get(type)?.policy ?? "durable",
        merge: (older, newer) => (older.type === newer.type ? merge(older, newer) : undefined),
      },
      checked,
    );
  }

  /** How many items wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** How many bytes wait, as `sizeOf` counts. */
  get sizeBytes(): number {
    return this.#queue.sizeBytes;
  }

  /** `open` takes events; `closed` and `failed` let what is held flow out; `cancelled`: the reader left. */
  get state(): QueueState {
    return this.#queue.state;
  }

  /** What `fail` was given. */
  get failure(): unknown {
    return this.#queue.failure;
  }

  /** Items to go until the high-water mark; 0 or less asks the producer to wait. */
  get desiredSize(): number {
    return this.#queue.desiredSize;
  }

  /**
   * Resolves at once below the high-water mark; from there on when no more than half of it waits, or when the queue ended.
   * Never rejects.
   */
  get ready(): Promise<void> {
    return this.#queue.ready;
  }

  /**
   * Adds an event.
   *
   * @returns whether it was kept. `false` also ends the queue as failed when the event was not `droppable`.
   * @throws {TypeError | RangeError} when the item is no event, or `sizeOf` answers no size; the queue stays usable.
   */
  push(item: T): boolean {
    if (typeof item?.type !== "string") refuse("item", "an event with a `type`", item);
    if (this.#queue.state !== "open") return false;
    // Whoever waits has emptied the queue: what goes straight to him needs no bound.
    if (!this.#countsEach && this.#iterator?.answer(item)) return true;
    const size = this.#sizeOf(item);
    // To count is to call the application's code, which may have asked for an event meanwhile.
    if (this.#iterator?.answer(item)) return true;
    return this.#queue.add(item, size, item.type);
  }

  /** Ends the queue: what is held flows out, then the reader is done. Idempotent. */
  close(): void {
    this.#queue.close();
  }

  /** Ends the queue with a reason, which the reader gets after what is held. Idempotent. */
  fail(reason: unknown): void {
    this.#queue.fail(reason);
  }

  /**
   * Takes the reader's end.
   *
   * @throws {QueueClosedError} `QUEUE_HAS_READER` when it was taken before: two readers would steal from each other.
   */
  getReader(): QueueReader<T> {
    this.#takeReadersEnd();
    const queue = this.#queue;
    const reader: QueueReader<T> = {
      onReadable: undefined,
      take: () => queue.take(),
      cancel: () => queue.cancel(),
    };
    queue.listener = { onReadable: () => reader.onReadable?.() };
    return reader;
  }

  /** Iterates what is pushed, once. Leaving the loop is the reader leaving. See {@link AsyncEventQueue.getReader}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    this.#takeReadersEnd();
    this.#iterator = new QueueIterator(this.#queue);
    return this.#iterator;
  }

  #takeReadersEnd(): void {
    if (this.#queue.listener === undefined) return;
    throw new QueueClosedError(
      "QUEUE_HAS_READER",
      "this queue already has its reader: two readers would take events from each other",
    );
  }
}

/** Text counts as it is; only what is nested is written as JSON to tell its size. */
function eventSize(item: AnyEvent, whereUnknown: number): number {
  let size = OBJECT_BYTES;
  for (const name in item) {
    const value: unknown = item[name as keyof AnyEvent];
    if (typeof value === "string") size += value.length;
    else if (typeof value === "object" || typeof value === "bigint")
      size += jsonLength(value) ?? whereUnknown;
  }
  return size;
}

/** `undefined` where JSON cannot tell. That is no reason to refuse here what may never be written. */
function jsonLength(value: unknown): number | undefined {
  try {
    return toJSON(value).length;
  } catch {
    return undefined;
  }
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
