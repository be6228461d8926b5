import type { ToMessageOptions } from "../protocol/codec.ts";
import { encodeEvent } from "../protocol/codec.ts";
import type { EventSet, OverflowPolicy } from "../protocol/define.ts";
import { encodeSSE } from "../protocol/encode.ts";
import type { AnyEvent } from "../protocol/events.ts";
import type { QueueBounds, QueueReader } from "./bounded-queue.ts";
import { BoundedQueue } from "./bounded-queue.ts";
import { differOnlyInContent } from "./queue.ts";
import { GrowingText } from "./text.ts";

/** A chunk goes out when it is this large, in characters: more would only cost memory. */
const BATCH_LENGTH = 64 * 1024;

/** Waits as an event whose text still grows: its neighbours join it while the reader is behind. */
interface GrowingEvent {
  readonly event: AnyEvent;
  readonly content: GrowingText;
  /** Length of its frame without the content. */
  readonly frameLength: number;
}

/**
 * What waits: nearly always a frame, encoded when its event was sent, so that what JSON cannot hold is refused at
 * the door and what becomes of the object later does not reach the wire.
 */
type Waiting = string | GrowingEvent;

export interface OutboxOptions extends ToMessageOptions {
  events: EventSet;
  bounds?: QueueBounds | undefined;
}

/**
 * The crossing from events to frames, with the one buffer of a session in it: events go in one by one,
 * whole frames come out in batches, the tail last.
 */
export class Outbox {
  readonly #queue: BoundedQueue<Waiting>;
  readonly #reader: QueueReader<Waiting>;
  readonly #events: EventSet;
  readonly #message: ToMessageOptions;
  #tail: string[] | undefined;
  #added = 0;
  #taken = 0;

  constructor({ events, bounds, eventField = false }: OutboxOptions) {
    this.#events = events;
    this.#message = { eventField };
    this.#queue = new BoundedQueue<Waiting>(
      { sizeOf, merge, policyOf: (type) => this.#policyOf(type) },
      bounds ?? {},
    );
    this.#reader = this.#queue.getReader();
  }

  /** How many events were added, the terminal not counted. */
  get added(): number {
    return this.#added;
  }

  /** How many frames were taken, the terminal not counted. */
  get taken(): number {
    return this.#taken;
  }

  get desiredSize(): number {
    return this.#queue.desiredSize;
  }

  get ready(): Promise<void> {
    return this.#queue.ready;
  }

  /** Set when the queue could not keep an event. */
  get overflow(): unknown {
    return this.#queue.failure;
  }

  get isEmpty(): boolean {
    return this.#queue.size === 0 && this.#tail === undefined;
  }

  /** Whether a batch would be full. */
  get isFullBatch(): boolean {
    return this.#queue.sizeBytes >= BATCH_LENGTH || this.#tail !== undefined;
  }

  set onReadable(callback: () => void) {
    this.#reader.onReadable = callback;
  }

  /**
   * Adds an event.
   *
   * @throws {EncodeError} when it cannot go out as it is.
   */
  add(event: AnyEvent): boolean {
    const waiting = this.#toWaiting(event);
    const kept = this.#queue.add(waiting, sizeOf(waiting), event.type);
    if (kept) this.#added += 1;
    return kept;
  }

  /**
   * Ends the outbox: after what waits come `frames`, the terminal the last of them, then nothing. They stand beside the queue's bounds, since
   * an end must always find room.
   */
  finish(frames: string[]): void {
    this.#tail = frames;
    this.#added += frames.length - 1;
    this.#queue.close();
    this.#reader.onReadable?.();
  }

  /** @throws {EncodeError} when the event cannot go out as it is. */
  encode(event: AnyEvent): string {
    return encodeEvent(event, this.#events, this.#message);
  }

  /** Takes whole frames: all that wait, up to a batch; the tail with the last of them. */
  takeBatch(): string {
    let batch = "";
    for (;;) {
      const next = this.#reader.take();
      if (next === undefined) break;
      batch += typeof next === "string" ? next : this.#write(next);
      this.#taken += 1;
      if (batch.length >= BATCH_LENGTH) return batch;
    }
    if (this.#tail !== undefined) {
      batch += this.#tail.join("");
      this.#taken += this.#tail.length - 1;
      this.#tail = undefined;
    }
    return batch;
  }

  /** Drops what waits. */
  cancel(): void {
    this.#tail = undefined;
    this.#reader.cancel();
  }

  #toWaiting(event: AnyEvent): Waiting {
    const frame = this.encode(event);
    if (this.#queue.desiredSize > 0 || !this.#grows(event)) return frame;
    const content = new GrowingText();
    content.append(event.content);
    return { event: { ...event }, content, frameLength: frame.length - event.content.length };
  }

  /** Every part of it was encoded once, at the door: this cannot fail. */
  #write({ event, content }: GrowingEvent): string {
    const data = { ...event, content: content.toString() };
    return encodeSSE(this.#message.eventField ? { data, event: event.type } : { data });
  }

  #policyOf(type: string): OverflowPolicy {
    return this.#events.definitions.get(type)?.policy ?? "durable";
  }

  /** Only what is flat may grow: a part that somebody else holds could change until it is written. */
  #grows(event: AnyEvent): event is AnyEvent & { content: string } {
    return (
      this.#policyOf(event.type) === "mergeable" &&
      typeof (event as { content?: unknown }).content === "string" &&
      !("toJSON" in event) &&
      Object.values(event).every(
        (value) => value === null || !/^(object|function)$/.test(typeof value),
      )
    );
  }
}

function sizeOf(waiting: Waiting): number {
  return typeof waiting === "string"
    ? waiting.length
    : waiting.frameLength + waiting.content.length;
}

function merge(older: Waiting, newer: Waiting): Waiting | undefined {
  if (typeof older === "string" || typeof newer === "string") return undefined;
  if (!differOnlyInContent(older.event, newer.event)) return undefined;
  older.content.append(newer.content.toString());
  return older;
}
