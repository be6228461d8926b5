import type { Place } from "../../protocol/event-id.ts";
import { idOf, placeOf } from "../../protocol/event-id.ts";
import type { Outcome } from "../../protocol/outcome.ts";
import { fenced, notFound } from "../refusals.ts";
import type { Append, LogBatch, LogEntry, LogInfo, NewLog, Publication, Seal } from "../store.ts";
import { batchAt, slotBehind } from "./entries.ts";
import { Waiters } from "./waiters.ts";

/** So many slots of entries that are gone are put up with. */
const MOST_EMPTY_SLOTS = 1_024;
/** So many publishers are remembered, those that were heard last. */
const MOST_PUBLISHERS = 1_000;

/** One log in memory: its entries, in the order of their numbers, and who waits for more. */
export class MemoryLog {
  readonly streamId: string;
  readonly owner: string | undefined;
  readonly #given: NewLog;
  readonly #publishers = new Map<string, number>();
  readonly #waiters = new Waiters();
  #entries: LogEntry[] = [];
  /** The slot of the oldest entry. */
  #head = 0;
  #bytes = 0;
  #last: Place;
  #outcome: Outcome | undefined;
  #isRemoved = false;
  /** When something was last added, by the clock of the store. */
  touchedAt: number;

  constructor(streamId: string, given: NewLog, now: number) {
    this.streamId = streamId;
    this.owner = given.owner;
    this.#given = given;
    this.#last = [given.epoch, 0];
    this.touchedAt = now;
  }

  /** The text of what is kept, in UTF-16 units. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whoever produced it shares its memory, and is there as long as it is. */
  get isHeld(): boolean {
    return this.#given.leaseMs > 0 && !this.hasEnded;
  }

  get hasEnded(): boolean {
    return this.#outcome !== undefined;
  }

  /** When it may be removed: never while it is held. */
  get expiresAt(): number {
    return this.isHeld ? Number.POSITIVE_INFINITY : this.touchedAt + this.#given.retention.maxAgeMs;
  }

  get info(): LogInfo {
    const { streamId, owner, isHeld } = this;
    const { fingerprint, epoch } = this.#given;
    const lastId = this.#last[1] > 0 ? idOf(...this.#last) : undefined;
    return { streamId, owner, fingerprint, epoch, outcome: this.#outcome, isHeld, lastId };
  }

  append({ epoch, sequence, frames, outcome }: Append): void {
    const [lastEpoch, lastSequence] = this.#last;
    // What was said before, and its answer lost.
    const known = lastSequence - sequence + 1;
    if (epoch === lastEpoch && known >= frames.length) return;
    if (epoch !== lastEpoch || known < 0) throw fenced();
    this.#refuseAfterEnd();
    this.#add(epoch, frames.slice(known), outcome);
  }

  publish({ publisher, published, frames }: Publication): void {
    this.#refuseAfterEnd();
    const known = this.#publishers.get(publisher) ?? published;
    const fresh = frames.slice(Math.max(0, known - published));
    this.#publishers.delete(publisher);
    this.#publishers.set(publisher, Math.max(known, published + frames.length));
    const [longestSilent] = this.#publishers.keys();
    if (this.#publishers.size > MOST_PUBLISHERS) this.#publishers.delete(longestSilent as string);
    this.#add(this.#last[0], fresh, undefined);
  }

  seal({ epoch, frames, outcome }: Seal): boolean {
    if (this.isHeld || this.hasEnded) return false;
    this.#add(epoch, frames, outcome);
    return true;
  }

  /** Lets go of its entries. Whoever reads it is told. */
  remove(): void {
    this.#isRemoved = true;
    this.#entries = [];
    this.#head = 0;
    this.#waiters.wakeAll();
  }

  /**
   * The next batch behind `after`. `undefined` when the log has ended there.
   *
   * @throws {LogError} `LOG_NOT_FOUND` when it was removed.
   */
  async batchAfter(after: string | undefined, signal: AbortSignal): Promise<LogBatch | undefined> {
    let slot = this.#slotAfter(after);
    while (slot === this.#entries.length) {
      if (this.#isRemoved) throw notFound();
      if (this.hasEnded) return undefined;
      await this.#waiters.wait(signal);
      if (signal.aborted) return undefined;
      slot = this.#slotAfter(after);
    }
    return batchAt(this.#entries, slot, this.#outcome);
  }

  #refuseAfterEnd(): void {
    if (this.hasEnded) throw fenced();
  }

  #add(epoch: number, frames: readonly string[], outcome: Outcome | undefined): void {
    let [, sequence] = this.#last;
    for (const frame of frames) {
      sequence += 1;
      this.#entries.push({ id: idOf(epoch, sequence), frame });
      this.#bytes += frame.length;
    }
    this.#last = [epoch, sequence];
    this.#outcome ??= outcome;
    this.#trim();
    this.#waiters.wakeAll();
  }

  #trim(): void {
    const { maxEvents, maxBytes } = this.#given.retention;
    const newest = this.#entries.length - 1;
    while (
      this.#head < newest &&
      (this.#entries.length - this.#head > maxEvents || this.#bytes > maxBytes)
    ) {
      this.#bytes -= (this.#entries[this.#head] as LogEntry).frame.length;
      this.#head += 1;
    }
    // What is gone is let go all at once, now and then: to move what is kept for each would cost its square.
    if (this.#head > MOST_EMPTY_SLOTS && this.#head > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The slot of the oldest entry behind `after`. */
  #slotAfter(after: string | undefined): number {
    const place = placeOf(after);
    if (place === undefined) return this.#head;
    return slotBehind(this.#entries, place, this.#head);
  }
}
