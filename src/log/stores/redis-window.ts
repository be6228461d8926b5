import type { Place } from "../../protocol/event-id.ts";
import { isAfter, placeOf } from "../../protocol/event-id.ts";
import type { Outcome } from "../../protocol/outcome.ts";
import type { LogBatch, LogEntry } from "../store.ts";
import { batchAt, slotBehind } from "./entries.ts";
import type { StreamEntries } from "./redis-reply.ts";
import { Waiters } from "./waiters.ts";

/** So much of what is newest is kept for whoever is a little behind. */
const WINDOW_ENTRIES = 1_024;
const WINDOW_LENGTH = 1024 * 1024;
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
  /** The id of the newest entry that was read. */
  #cursor: string;
  #outcome: Outcome | undefined;
  #isGone = false;
  /** When something last came, or it was last seen that it is there. */
  seenAt: number;

  /** @param onLeft - Called when nobody follows it any more. */
  constructor(streamId: string, start: Place, now: number, onLeft: () => void) {
    this.streamId = streamId;
    this.#start = start;
    this.#cursor = start.join("-");
    this.#onLeft = onLeft;
    this.seenAt = now;
  }

  get cursor(): string {
    return this.#cursor;
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

  add({ entries, outcome }: StreamEntries, now: number): void {
    this.seenAt = now;
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#length += entry.frame.length;
    }
    this.#cursor = entries.at(-1)?.id ?? this.#cursor;
    this.#outcome ??= outcome;
    this.#waiters.wakeAll();
    this.#trim(entries.length);
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
