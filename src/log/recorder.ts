import type { CheckedQueueBounds } from "../core/bounded-queue.ts";
import type { EventSink } from "../core/event-sink.ts";
import { outgoingPart } from "../core/event-sink.ts";
import type { Life } from "../core/life.ts";
import { GrowingText } from "../core/text.ts";
import { TextForm } from "../core/text-run.ts";
import { encodeFrames } from "../protocol/bytes.ts";
import { bareText, encodeEvent, outgoing } from "../protocol/codec.ts";
import type { EventSet } from "../protocol/define.ts";
import type { AnyEvent } from "../protocol/events.ts";
import type { Appending } from "./appender.ts";
import { Appender } from "./appender.ts";
import type { Lease, LogStore } from "./store.ts";

export interface RecorderOptions {
  events: EventSet;
  queue: CheckedQueueBounds;
  eventField: boolean;
  /** How much of the text of `chunk` events is kept for the end. */
  maxTextLength: number;
  /** How long the store may be away before the run is given up, in milliseconds. */
  giveUpMs: number;
}

/**
 * Where a run's events go: each is encoded once, at the door, and becomes an entry of the log. It hangs on the producer
 * and knows no reader.
 */
export class Recorder implements EventSink, Appending {
  readonly #store: LogStore;
  readonly #lease: Lease;
  readonly #options: RecorderOptions;
  readonly #life: Life;
  readonly #appender: Appender;
  readonly text: GrowingText;
  /** The newest event of each type but `chunk`. */
  readonly latest: Record<string, AnyEvent> = Object.create(null) as Record<string, AnyEvent>;
  #form: TextForm | undefined;
  #ending = 0;
  #recorded = 0;
  #bytes = 0;

  constructor(store: LogStore, lease: Lease, options: RecorderOptions, life: Life) {
    this.#store = store;
    this.#lease = lease;
    this.#options = options;
    this.#life = life;
    this.text = new GrowingText(options.maxTextLength);
    this.#appender = new Appender(this);
  }

  get bounds(): CheckedQueueBounds {
    return this.#options.queue;
  }

  get giveUpMs(): number {
    return this.#options.giveUpMs;
  }

  get desiredSize(): number {
    return this.#appender.desiredSize;
  }

  get ready(): Promise<void> {
    return this.#appender.ready;
  }

  get overflow(): unknown {
    return this.#appender.overflow;
  }

  get added(): number {
    return this.#appender.added + this.#ending;
  }

  /** How many events the store has, the terminal not counted. */
  get recorded(): number {
    return Math.min(this.#recorded, this.added);
  }

  /** How many bytes those are, as frames. */
  get bytes(): number {
    return this.#bytes;
  }

  add(event: AnyEvent): boolean {
    const plain = outgoingPart(event, this.#options.events);
    const textField = this.#options.events.definitions.get(plain.type)?.textField;
    const text = textField === undefined ? undefined : bareText(plain, textField);
    if (text !== undefined) return this.addText(plain.type, textField as string, text);
    if (!this.#appender.add(encodeEvent(plain, this.#options.eventField))) return false;
    this.latest[plain.type] = plain;
    const { content } = plain as { content?: unknown };
    if (plain.type === "chunk" && typeof content === "string") this.text.append(content);
    return true;
  }

  addText(type: string, textField: string, text: string): boolean {
    if (this.#form?.type !== type) {
      this.#form = new TextForm(type, textField, this.#options.eventField);
    }
    if (!this.#appender.add(this.#form.frameOf(text))) return false;
    if (type === "chunk") this.text.append(text);
    else this.latest[type] = { type, [textField]: text };
    return true;
  }

  encode(event: AnyEvent): string {
    const plain = outgoing(event, this.#options.events);
    const frame = encodeEvent(plain, this.#options.eventField);
    if (plain.type !== "done") this.latest[plain.type] = plain;
    return frame;
  }

  finish(frames: string[]): void {
    this.#ending = frames.length - 1;
    this.#appender.finish(frames);
  }

  /** Drops what waits. */
  cancel(): void {
    this.#appender.cancel();
  }

  async write(frames: readonly string[], isLast: boolean): Promise<void> {
    const { streamId, epoch } = this.#lease;
    const sequence = this.#recorded + 1;
    const outcome = isLast ? this.#life.outcome : undefined;
    await this.#store.append(streamId, { epoch, sequence, frames, outcome });
    this.#recorded += frames.length;
    this.#bytes += encodeFrames(frames).length;
  }

  onDone(): void {
    this.#life.delivered();
  }

  onLost(error: unknown): void {
    this.#life.cut("dropped", error);
  }
}
