import type { OverflowPolicy } from "../protocol/define.ts";
import { QueueOverflowError } from "../protocol/errors.ts";
import { Backlog } from "./backlog.ts";
import { positiveInteger } from "../protocol/options.ts";

/**
 * How much a queue holds. Counts are items; sizes are bytes, as whoever fills the queue counts them. A stream counts
 * the UTF-16 units of its frames: one byte each for ASCII, up to three on the wire for other scripts.
 */
export interface QueueBounds {
  /** From this many waiting items on, `ready` waits and policies act. @default 1_024, or `maxItems` if that is less */
  highWaterMark?: number | undefined;
  /** From this many waiting bytes on, `ready` waits and policies act. @default 262_144 (256 KiB), or `maxBytes` if that is less */
  highWaterMarkBytes?: number | undefined;
  /** From this many waiting items on, nothing more is kept. @default 16_384 */
  maxItems?: number | undefined;
  /** From this many waiting bytes on, nothing more is kept; one item may reach over it. @default 4_194_304 (4 MiB) */
  maxBytes?: number | undefined;
}

export type CheckedQueueBounds = { readonly [Bound in keyof QueueBounds]-?: number };

/**
 * Fills in the defaults and refuses what no queue can have.
 *
 * @throws {RangeError} when a bound is not a positive integer, or a mark is above its bound.
 */
export function checkQueueBounds(bounds: QueueBounds): CheckedQueueBounds {
  const { maxItems = 16_384, maxBytes = 4 * 1024 * 1024 } = bounds;
  positiveInteger("maxItems", maxItems);
  positiveInteger("maxBytes", maxBytes);
  return {
    maxItems,
    maxBytes,
    highWaterMark: mark("highWaterMark", bounds.highWaterMark, 1_024, maxItems),
    highWaterMarkBytes: mark("highWaterMarkBytes", bounds.highWaterMarkBytes, 256 * 1024, maxBytes),
  };
}

/** The one reader's end of a queue. It takes without waiting, and is told when there is something to take. */
export interface QueueReader<T> {
  /** Called after an item was added to an empty queue, and when the queue ended. */
  onReadable: (() => void) | undefined;
  /** Takes the oldest item, `undefined` when none waits. */
  take(): T | undefined;
  /** Leaves: what waits is dropped, adding answers `false`, `ready` settles. */
  cancel(): void;
}

/** Who is told what {@link QueueReader.onReadable} tells. */
export interface QueueListener {
  onReadable(): void;
}

/** `open` takes items; `closed` and `failed` let what is held flow out; `cancelled`: the reader left. */
export type QueueState = "open" | "closed" | "failed" | "cancelled";

/** What a queue asks of its items once it is under pressure. */
export interface PressureRules<T> {
  policyOf: (type: string) => OverflowPolicy;
  /** Joins two neighbours of one type; `undefined` when they do not belong together. */
  merge: (older: T, newer: T) => T | undefined;
  sizeOf: (item: T) => number;
  /** How many an item counts as that was grown. */
  partsOf?: (item: T) => number;
}

/**
 * The machinery below `AsyncEventQueue`: bounds, policies, backpressure and one reader, over items of any kind.
 * Whoever adds an item says its size and type; below the high-water mark nothing else is asked of it.
 */
export class BoundedQueue<T> {
  /** Made with the first item: most streams have nothing to tell yet. */
  #backlog: Backlog<T> | undefined;
  readonly #rules: PressureRules<T>;
  readonly #bounds: CheckedQueueBounds;
  #state: QueueState = "open";
  #failure: unknown;
  /** The one reader, as far as it wants to be told. */
  listener: QueueListener | undefined;
  /** What producers wait for, and how they are let go. */
  #room: Room | undefined;
  /** What items that were grown count beside themselves. */
  #parts = 0;

  constructor(rules: PressureRules<T>, bounds: CheckedQueueBounds) {
    this.#rules = rules;
    this.#bounds = bounds;
  }

  get size(): number {
    return (this.#backlog?.count ?? 0) + this.#parts;
  }

  get sizeBytes(): number {
    return this.#backlog?.bytes ?? 0;
  }

  get state(): QueueState {
    return this.#state;
  }

  get failure(): unknown {
    return this.#failure;
  }

  get desiredSize(): number {
    const items = this.#bounds.highWaterMark - this.size;
    return this.sizeBytes < this.#bounds.highWaterMarkBytes ? items : Math.min(items, 0);
  }

  get ready(): Promise<void> {
    if (this.#state !== "open" || this.desiredSize > 0) return Promise.resolve();
    return (this.#room ??= new Room()).promise;
  }

  /** Whether the item was kept. A `false` also ends the queue as failed when its type is not `droppable`. */
  add(item: T, size: number, type: string): boolean {
    if (this.#state !== "open") return false;
    if (this.desiredSize <= 0) return this.#addUnderPressure(item, size, type);
    const backlog = (this.#backlog ??= new Backlog());
    backlog.add(item, size);
    if (backlog.count === 1) this.listener?.onReadable();
    return true;
  }

  /** The newest item has taken in one more, which counts as one of its own. Only while `desiredSize` is positive. */
  grow(size: number): void {
    this.#backlog?.growNewest(size);
    this.#parts += 1;
  }

  close(): void {
    this.#end("closed");
  }

  fail(reason: unknown): void {
    if (this.#state === "open") this.#failure = reason;
    this.#end("failed");
  }

  /** Takes the oldest item, `undefined` when none waits. */
  take(): T | undefined {
    const backlog = this.#backlog;
    if (backlog === undefined || backlog.count === 0) return undefined;
    const item = backlog.take();
    if (this.#parts > 0) this.#parts -= (this.#rules.partsOf?.(item) ?? 1) - 1;
    if (this.#room && this.#isHalfEmpty) this.#letProducersGo();
    return item;
  }

  /** Waking producers for each place that becomes free would cost more than all else that is done with an item. */
  get #isHalfEmpty(): boolean {
    const { highWaterMark, highWaterMarkBytes } = this.#bounds;
    return this.size <= highWaterMark / 2 && this.sizeBytes <= highWaterMarkBytes / 2;
  }

  /** The reader leaves: what waits is dropped. */
  cancel(): void {
    this.#backlog?.clear();
    this.#parts = 0;
    this.#end("cancelled");
  }

  #addUnderPressure(item: T, size: number, type: string): boolean {
    const backlog = (this.#backlog ??= new Backlog());
    const policy = this.#rules.policyOf(type);
    if (policy === "droppable") return false;
    if (policy === "latest" && backlog.replaceNewestOf(type, item, size)) return true;
    if (policy === "mergeable" && this.#joined(backlog, item)) return true;
    if (this.#isFull()) return this.#overflow();
    if (policy === "latest") backlog.addNewestOf(type, item, size);
    else backlog.add(item, size);
    return true;
  }

  /** A joined item takes no place of its own: only its bytes can be too many. */
  #joined(backlog: Backlog<T>, item: T): boolean {
    if (backlog.bytes >= this.#bounds.maxBytes) return false;
    const older = backlog.newest;
    const merged = older === undefined ? undefined : this.#rules.merge(older, item);
    if (merged === undefined) return false;
    const size = this.#rules.sizeOf(merged);
    // Both are the application's, and may have added something meanwhile.
    if (backlog.newest !== older) return false;
    backlog.replaceNewest(merged, size);
    return true;
  }

  #isFull(): boolean {
    const { maxItems, maxBytes } = this.#bounds;
    return this.size >= maxItems || this.sizeBytes >= maxBytes;
  }

  #overflow(): false {
    const { size: count, sizeBytes: bytes } = this;
    this.fail(
      new QueueOverflowError(
        `the reader is behind by ${count} events and ${bytes} bytes, and no more can be kept`,
      ),
    );
    return false;
  }

  #end(state: QueueState): void {
    if (this.#state === "cancelled" || (this.#state !== "open" && state !== "cancelled")) return;
    this.#state = state;
    this.#letProducersGo();
    this.listener?.onReadable();
  }

  #letProducersGo(): void {
    this.#room?.letGo();
    this.#room = undefined;
  }
}

/** What producers wait for. */
class Room {
  readonly promise: Promise<void>;
  letGo: () => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.letGo = resolve;
    });
  }
}

function mark(name: string, value: number | undefined, standard: number, bound: number): number {
  if (value === undefined) return Math.min(standard, bound);
  if (positiveInteger(name, value) > bound) {
    throw new RangeError(`\`${name}\` must not be above its bound of ${bound}, got ${value}`);
  }
  return value;
}
