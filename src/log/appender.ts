import type { CheckedQueueBounds, PressureRules, QueueListener } from "../core/bounded-queue.ts";
import { BoundedQueue } from "../core/bounded-queue.ts";
import type { Burst } from "../core/burst.ts";
import { afterBurst } from "../core/burst.ts";
import { drawPause } from "../core/pause.ts";
import type { TickerEntry } from "../core/ticker.ts";
import { sharedTicker } from "../core/ticker.ts";
import { LogError } from "../protocol/errors.ts";
import { isAway } from "./refusals.ts";

/** An append is full with so many frames, or with so much text: larger ones gain nothing. */
const BATCH_FRAMES = 256;
const BATCH_LENGTH = 64 * 1024;

/** Frames all wait: a log merges nothing and leaves nothing out. */
const KEEP_ALL: PressureRules<string> = {
  policyOf: () => "durable",
  merge: () => undefined,
  sizeOf: (frame) => frame.length,
};

/** Whoever has frames appended. */
export interface Appending {
  readonly bounds: CheckedQueueBounds;
  /** How long the store may be away at a stretch before what waits is given up, in milliseconds. */
  readonly giveUpMs: number;
  /** Appends to the store. May be called again with the same frames, when it rejected. */
  write(frames: readonly string[], isLast: boolean): Promise<void>;
  /** All is in the store, and nothing more comes. */
  onDone(): void;
  /** The store refuses, or was away for too long: nothing more is appended. */
  onLost(error: unknown): void;
}

/**
 * What waits for a store: appends in order, one at a time, each of all that waits by then. While the store is away it
 * keeps up to its bounds, and asks again.
 */
export class Appender implements QueueListener, Burst, TickerEntry {
  readonly #appending: Appending;
  readonly #queue: BoundedQueue<string>;
  #tail: string[] | undefined;
  /** What is being appended, or waits to be said again. */
  #batch: string[] | undefined;
  #failures = 0;
  #awaySince = 0;
  #added = 0;
  #isInBurst = false;
  #isOver = false;
  #flushing: PromiseWithResolvers<boolean> | undefined;
  slot: number | undefined = undefined;

  constructor(appending: Appending) {
    this.#appending = appending;
    this.#queue = new BoundedQueue(KEEP_ALL, appending.bounds);
    this.#queue.listener = this;
  }

  get added(): number {
    return this.#added;
  }

  get isFullBatch(): boolean {
    return this.#queue.size >= BATCH_FRAMES || this.#queue.sizeBytes >= BATCH_LENGTH;
  }

  get desiredSize(): number {
    return this.#queue.desiredSize;
  }

  get ready(): Promise<void> {
    return this.#queue.ready;
  }

  /** Set when a frame could not be kept: the store is further behind than the bounds allow. */
  get overflow(): LogError | undefined {
    const { failure } = this.#queue;
    if (failure === undefined) return undefined;
    return new LogError("LOG_OVERFLOW", "the store fell too far behind", {
      cause: failure,
      status: 503,
    });
  }

  get isIdle(): boolean {
    return this.#queue.size === 0 && this.#batch === undefined && this.#tail === undefined;
  }

  /** Resolves once nothing waits: whether all of it is in the store. */
  flush(): Promise<boolean> {
    if (this.isIdle || this.#isOver) return Promise.resolve(this.isIdle);
    return (this.#flushing ??= Promise.withResolvers<boolean>()).promise;
  }

  /** Whether the frame was kept. */
  add(frame: string): boolean {
    if (!this.#queue.add(frame, frame.length, "")) return false;
    this.#added += 1;
    return true;
  }

  /** After what waits come `frames`, beside the bounds, then nothing. */
  finish(frames: string[]): void {
    this.#tail = frames;
    this.#queue.close();
    this.onReadable();
  }

  /** Drops what waits. */
  cancel(): void {
    this.#isOver = true;
    sharedTicker().remove(this);
    this.#queue.cancel();
    this.#flushing?.resolve(false);
  }

  onReadable(): void {
    if (this.#isInBurst || this.#batch !== undefined || this.#isOver) return;
    this.#isInBurst = true;
    afterBurst(this, () => {
      this.#isInBurst = false;
      this.#next();
    });
  }

  /** The time to ask again has come. */
  onDue(): undefined {
    this.#write();
  }

  #next(): void {
    if (this.#isOver || this.#batch !== undefined || this.isIdle) return;
    this.#batch = this.#takeBatch();
    this.#write();
  }

  #takeBatch(): string[] {
    const frames: string[] = [];
    for (let length = 0; frames.length < BATCH_FRAMES && length < BATCH_LENGTH;) {
      const frame = this.#queue.take();
      if (frame === undefined) break;
      frames.push(frame);
      length += frame.length;
    }
    if (this.#queue.size === 0 && this.#tail !== undefined) {
      frames.push(...this.#tail);
      this.#tail = undefined;
    }
    return frames;
  }

  get #isLast(): boolean {
    return this.#queue.state !== "open" && this.#queue.size === 0 && this.#tail === undefined;
  }

  #write(): void {
    if (this.#batch === undefined || this.#isOver) return;
    this.#appending.write(this.#batch, this.#isLast).then(
      () => this.#onWritten(),
      (error: unknown) => this.#onFailed(error),
    );
  }

  #onWritten(): void {
    if (this.#isOver) return;
    const isLast = this.#isLast;
    this.#batch = undefined;
    this.#failures = 0;
    if (this.isIdle) {
      this.#flushing?.resolve(true);
      this.#flushing = undefined;
    }
    if (isLast) {
      this.#isOver = true;
      this.#appending.onDone();
    } else this.#next();
  }

  #onFailed(error: unknown): void {
    if (this.#isOver) return;
    const now = sharedTicker().now();
    if (this.#failures === 0) this.#awaySince = now;
    this.#failures += 1;
    if (isFinal(error) || now - this.#awaySince >= this.#appending.giveUpMs) {
      this.cancel();
      this.#appending.onLost(error);
      return;
    }
    sharedTicker().add(this, now + drawPause(this.#failures));
  }
}

/** Whether asking again would be answered alike. */
function isFinal(error: unknown): boolean {
  return error instanceof LogError && !isAway(error);
}
