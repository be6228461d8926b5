import type { Place } from "../../protocol/event-id.ts";
import { idOf, isAfter, placeOf } from "../../protocol/event-id.ts";
import type { Outcome } from "../../protocol/outcome.ts";
import type { Append, LogBatch, LogEntry } from "../store.ts";
import { batchAt, slotBehind } from "./entries.ts";
import type { StreamEntries } from "./redis-reply.ts";
import { Waiters } from "./waiters.ts";

/** So much of what is newest is kept for whoever is a little behind. */
const WINDOW_ENTRIES = 1_024;
const WINDOW_LENGTH = 1024 * 1024;
/** A log that this process records itself is not asked for, until nothing was recorded for so long. */
const OWN_MS = 500;

/** Somebody who reads from a window. */
export interface WindowReader {
  /** The number of the entry that it takes next. */
  position: number;
  /** What it still wants was pushed out: it has to read it from the log. */
  fallBehind(): void;
}

/**
 * The newest entries of one log, read once for all who follow it in this process. They are numbered from 0 on, from
 * where the window began.
 *
 * It is bounded: whoever falls behind it is let go, and a log that nobody follows any more is not read.
 */
export class LogWindow {
  readonly streamId: string;
  readonly #readers = new Set<WindowReader>();
  readonly #waiters = new Waiters();
  readonly #onLeft: () => void;
  #entries: LogEntry[] = [];
  #first = 0;
  #length = 0;
  /** The place behind which nothing is missing here. */
  #start: Place;
  /** The place of the newest entry. */
  #last: Place;
  #outcome: Outcome | undefined;
  #isGone = false;
  /** When something last came, or it was last seen that it is there. */
  seenAt: number;
  /** When this process last recorded what is newest here. */
  #ownAt = Number.NEGATIVE_INFINITY;

  /** @param onLeft - Called when nobody follows it any more. */
  constructor(streamId: string, start: Place, now: number, onLeft: () => void) {
    this.streamId = streamId;
    this.#start = start;
    this.#last = start;
    this.#onLeft = onLeft;
    this.seenAt = now;
  }

  get cursor(): string {
    return this.#last.join("-");
  }

  get isLive(): boolean {
    return this.#outcome === undefined && !this.#isGone;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether `place` lies in it, or ahead of it. */
  covers(place: Place): boolean {
    return !isAfter(this.#start, place);
  }

  join(reader: WindowReader, place: Place): void {
    reader.position = this.#first + slotBehind(this.#entries, place);
    this.#readers.add(reader);
  }

  leave(reader: WindowReader): void {
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.#onLeft();
  }

  /** Whether it gets its newest entries from this process, which records them: nobody else does, while it does. */
  isOwn(now: number): boolean {
    return now - this.#ownAt < OWN_MS;
  }

  /** Adds what was read, but for what it has. */
  add(read: StreamEntries, now: number): void {
    this.seenAt = now;
    try {
      this.#addFresh(read);
    } catch {
      // Somebody who is no producer wrote into this log: that must not hold up the readers of others.
      this.remove();
    }
  }

  #addFresh({ entries, outcome }: StreamEntries): void {
    const fresh = entries.slice(slotBehind(entries, this.#last));
    for (const entry of fresh) {
      this.#entries.push(entry);
      this.#length += entry.frame.length;
    }
    this.#last = placeOf(fresh.at(-1)?.id) ?? this.#last;
    this.#outcome ??= outcome;
    this.#waiters.wakeAll();
    if (fresh.length > 0) this.#trim(fresh.length);
  }

  /** Adds what this process has recorded, where it is what comes next. Else it is read, with what is before it. */
  addOwn({ epoch, sequence, frames, outcome }: Append, now: number): void {
    const [lastEpoch, lastSequence] = this.#last;
    const isNext = lastEpoch === epoch && lastSequence >= sequence - 1;
    if (!isNext || !this.isLive) return;
    this.#ownAt = now;
    const entries = frames.map((frame, index) => ({ id: idOf(epoch, sequence + index), frame }));
    this.add({ entries, outcome }, now);
  }

  /** The log is not there any more. */
  remove(): void {
    this.#isGone = true;
    this.#waiters.wakeAll();
  }

  /** What `reader` gets next; `undefined` when there is nothing now. Entries up to `place` it has. */
  batchFor(reader: WindowReader, place: Place): LogBatch | undefined {
    // A reader may have come from ahead of the window.
    const slot = slotBehind(this.#entries, place, reader.position - this.#first);
    if (slot === this.#entries.length) {
      reader.position = this.#first + slot;
      return undefined;
    }
    const batch = batchAt(this.#entries, slot, this.#outcome);
    reader.position = this.#first + slot + batch.entries.length;
    return batch;
  }

  /** Waits until there is more, or the log ends, or `signal` aborts. */
  more(signal: AbortSignal): Promise<void> {
    return this.#waiters.wait(signal);
  }

  /** Lets the oldest entries go, but for the newest that those who wait take now. */
  #trim(newest: number): void {
    let slot = 0;
    let length = this.#length;
    const most = this.#entries.length - newest;
    while (
      slot < most &&
      (this.#entries.length - slot > WINDOW_ENTRIES || length > WINDOW_LENGTH)
    ) {
      length -= (this.#entries[slot] as LogEntry).frame.length;
      slot += 1;
    }
    if (slot === 0) return;
    this.#start = this.#placeAt(slot - 1);
    this.#entries = this.#entries.slice(slot);
    this.#length = length;
    this.#first += slot;
    for (const reader of this.#readers) {
      if (reader.position < this.#first) reader.fallBehind();
    }
  }

  #placeAt(slot: number): Place {
    return placeOf(this.#entries[slot]?.id) as Place;
  }
}
