import { bareText, encodeEvent, outgoing } from "../protocol/codec.ts";
import type { EventSet, OverflowPolicy } from "../protocol/define.ts";
import type { AnyEvent } from "../protocol/events.ts";
import type { CheckedQueueBounds, PressureRules, QueueListener } from "./bounded-queue.ts";
import { BoundedQueue } from "./bounded-queue.ts";
import type { EventSink } from "./event-sink.ts";
import { outgoingPart } from "./event-sink.ts";
import { canGrow, GrowingEvent } from "./growing-event.ts";
import { GrowingText } from "./text.ts";
import { TextForm, TextRun } from "./text-run.ts";

/** A chunk goes out when it is this large, in characters: more would only cost memory. */
const BATCH_LENGTH = 64 * 1024;

/**
 * What waits: a run of texts, or a frame that was encoded when its event was sent, so that what JSON cannot hold is
 * refused at the door and what becomes of the object later does not reach the wire.
 */
type Waiting = TextRun | string | GrowingEvent;

/** Who takes what is in an outbox. */
export interface OutboxListener extends QueueListener {
  /** Whether it takes the next event at once, past the queue. Only while nothing waits. */
  readonly takesAhead: boolean;
  takeAhead(frame: string): void;
  /** An event waits that did not join the run before it. */
  onAdded(): void;
}

export interface OutboxOptions {
  events: EventSet;
  queue: CheckedQueueBounds;
  eventField: boolean;
  /** How much of the text of `chunk` events is kept for the end. */
  maxTextLength: number;
}

/**
 * The crossing from events to frames, with the one buffer of a session in it: events go in one by one,
 * whole frames come out in batches, the tail last.
 */
export class Outbox implements EventSink, PressureRules<Waiting> {
  readonly #queue: BoundedQueue<Waiting>;
  readonly #options: OutboxOptions;
  /** The text of all `chunk` events that were added, but for those of the run. */
  #text: GrowingText | undefined;
  /** The newest that waits, while it may grow. */
  #run: TextRun | undefined;
  #lastForm: TextForm | undefined;
  #tail: string[] | undefined;
  #added = 0;
  #taken = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#queue = new BoundedQueue<Waiting>(this, options.queue);
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

  listener: OutboxListener | undefined = undefined;

  /** The text of all `chunk` events that were added, as far as it is kept. */
  get text(): GrowingText {
    this.#closeRun();
    return (this.#text ??= new GrowingText(this.#options.maxTextLength));
  }

  /**
   * Adds an event.
   *
   * @throws {EncodeError} when it cannot go out as it is.
   */
  add(event: AnyEvent): boolean {
    const plain = outgoingPart(event, this.#options.events);
    const hasRoom = this.#queue.desiredSize > 0;
    const textField = this.#options.events.definitions.get(plain.type)?.textField;
    const text = hasRoom && textField !== undefined ? bareText(plain, textField) : undefined;
    if (text !== undefined && text.length < BATCH_LENGTH)
      return this.addText(plain.type, textField as string, text);
    const waiting = this.#toWaiting(plain, hasRoom);
    const { content } = plain as { content?: unknown };
    this.#closeRun();
    const ahead =
      typeof waiting === "string" && this.listener?.takesAhead === true ? waiting : undefined;
    if (ahead === undefined && !this.#queue.add(waiting, waiting.length, plain.type)) return false;
    if (plain.type === "chunk" && typeof content === "string") this.text.append(content);
    this.#tellAdded(ahead);
    return true;
  }

  /** Adds an event that is a type and a text and nothing else, of a type for which that is all there is to check. */
  addText(type: string, textField: string, text: string): boolean {
    if (this.#queue.desiredSize <= 0 || text.length >= BATCH_LENGTH)
      return this.add({ type, [textField]: text });
    const run = this.#run;
    if (run?.type === type && run.length < BATCH_LENGTH) {
      // Nobody is told: whoever takes what waits knows of the run, or is behind.
      this.#queue.grow(run.add(text));
      this.#added += 1;
    } else if (this.listener?.takesAhead === true) {
      if (type === "chunk") this.text.append(text);
      this.#tellAdded(this.#formOf(type, textField).frameOf(text));
    } else {
      if (!this.#beginRun(type, textField, text)) return false;
      this.#tellAdded();
    }
    return true;
  }

  /** @param ahead - Its frame, when nothing waits and this one need not either. */
  #tellAdded(ahead?: string): void {
    this.#added += 1;
    if (ahead === undefined) return this.listener?.onAdded();
    this.#taken += 1;
    this.listener?.takeAhead(ahead);
  }

  #formOf(type: string, textField: string): TextForm {
    if (this.#lastForm?.type === type) return this.#lastForm;
    return (this.#lastForm = new TextForm(type, textField, this.#options.eventField));
  }

  #beginRun(type: string, textField: string, text: string): boolean {
    this.#closeRun();
    const run = new TextRun(this.#formOf(type, textField));
    if (!this.#queue.add(run, run.add(text), type)) return false;
    this.#run = run;
    return true;
  }

  /**
   * Ends the outbox: after what waits come `frames`, the terminal the last of them, then nothing. They stand beside the queue's bounds, since
   * an end must always find room.
   */
  finish(frames: string[]): void {
    this.#tail = frames;
    this.#added += frames.length - 1;
    this.#queue.close();
    this.listener?.onReadable();
  }

  /** @throws {EncodeError} when the event cannot go out as it is. */
  encode(event: AnyEvent): string {
    return encodeEvent(outgoing(event, this.#options.events), this.#options.eventField);
  }

  /** Takes whole frames: all that wait, up to a batch; the tail with the last of them. */
  takeBatch(): (string | TextRun)[] {
    const frames: (string | TextRun)[] = [];
    let length = 0;
    while (length < BATCH_LENGTH) {
      const next = this.#queue.take();
      if (next === undefined) {
        frames.push(...this.#takeTail());
        break;
      }
      const frame = this.#write(next);
      length += frame.length;
      frames.push(frame);
    }
    return frames;
  }

  #takeTail(): string[] {
    const tail = this.#tail ?? [];
    this.#taken += Math.max(0, tail.length - 1);
    this.#tail = undefined;
    return tail;
  }

  /** Drops what waits. */
  cancel(): void {
    this.#closeRun();
    this.#tail = undefined;
    this.#queue.cancel();
  }

  /** Nothing joins the run any more, and its text is part of all text: what comes next comes after it. */
  #closeRun(): void {
    const run = this.#run;
    this.#run = undefined;
    if (run?.type === "chunk") this.text.append(run.text);
  }

  #toWaiting(event: AnyEvent, hasRoom: boolean): Waiting {
    const frame = encodeEvent(event, this.#options.eventField);
    const grows = !hasRoom && this.policyOf(event.type) === "mergeable" && canGrow(event);
    return grows ? new GrowingEvent(event, frame) : frame;
  }

  /** Every part of it was encoded once, at the door: this cannot fail. */
  #write(waiting: Waiting): string | TextRun {
    if (waiting === this.#run) this.#closeRun();
    this.#taken += this.partsOf(waiting);
    if (!(waiting instanceof GrowingEvent)) return waiting;
    return encodeEvent(waiting.event, this.#options.eventField);
  }

  policyOf(type: string): OverflowPolicy {
    return this.#options.events.definitions.get(type)?.policy ?? "durable";
  }

  sizeOf(waiting: Waiting): number {
    return waiting.length;
  }

  partsOf(waiting: Waiting): number {
    return waiting instanceof TextRun ? waiting.count : 1;
  }

  merge(older: Waiting, newer: Waiting): Waiting | undefined {
    const isJoined =
      older instanceof GrowingEvent && newer instanceof GrowingEvent && older.join(newer);
    return isJoined ? older : undefined;
  }
}
