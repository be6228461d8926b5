import { encodeFrames } from "../protocol/bytes.ts";
import { withId } from "../protocol/encode.ts";
import type { Place } from "../protocol/event-id.ts";
import { isAfter, placeOf } from "../protocol/event-id.ts";
import type { LogEntry } from "./store.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** So much text of the newest events is held ready; readers that are further behind ask the store. */
const WINDOW_LENGTH = 256 * 1024;
const WINDOW_STRETCHES = 1_024;
/** What is handed out at once is at most this, and one stretch. */
const HANDED_BYTES = 64 * 1024;

/** Neighbouring entries that came together, and the bytes that all of their readers get. */
class Stretch {
  readonly entries: readonly LogEntry[];
  readonly length: number;
  readonly last: Place;
  /** What is told before the first of them. */
  readonly #before: string;
  #bytes: Bytes | undefined;

  constructor(entries: readonly LogEntry[], before: string) {
    this.entries = entries;
    this.#before = before;
    this.length = entries.reduce((sum, { frame }) => sum + frame.length, 0);
    this.last = placeOf((entries.at(-1) as LogEntry).id) as Place;
  }

  get bytes(): Bytes {
    return (this.#bytes ??= toBytes(this.entries, this.#before));
  }
}

/** Encodes entries as what a reader of them gets. */
export function toBytes(entries: readonly LogEntry[], before = ""): Bytes {
  const frames = entries.map(({ id, frame }) => withId(id, frame));
  return encodeFrames(before === "" ? frames : [before, ...frames]);
}

/** What a reader gets next, and where it goes on. */
export interface Handed {
  bytes: Bytes;
  /** The place that it has reached with them. */
  last: Place;
  /** The stretch that comes next. */
  next: number;
}

/**
 * The newest entries of a log, encoded once for all readers of this process: a reader in it is a number.
 *
 * Stretches are numbered from the log's opening on; those that are gone keep their numbers.
 */
export class Window {
  #stretches: Stretch[] = [];
  #first = 0;
  #length = 0;
  /** The place before the first stretch. */
  #start: Place;
  /** What was handed out last of several stretches: readers that are behind alike get the same. */
  #joined: (Handed & { from: number }) | undefined;

  /** @param start - The place before the first entry that will be added. */
  constructor(start: Place) {
    this.#start = start;
  }

  /** The number of the first stretch. */
  get first(): number {
    return this.#first;
  }

  /** The number that the next stretch will have. */
  get end(): number {
    return this.#first + this.#stretches.length;
  }

  get start(): Place {
    return this.#start;
  }

  /** The id of the oldest entry in it. */
  get oldestId(): string | undefined {
    return this.#stretches[0]?.entries[0]?.id;
  }

  get last(): Place {
    return this.#stretches.at(-1)?.last ?? this.#start;
  }

  /** @param before - A frame that every reader is told before them. */
  add(entries: readonly LogEntry[], before = ""): void {
    const stretch = new Stretch(entries, before);
    this.#stretches.push(stretch);
    this.#length += stretch.length;
    while (
      this.#stretches.length > 1 &&
      (this.#length > WINDOW_LENGTH || this.#stretches.length > WINDOW_STRETCHES)
    ) {
      this.#dropOldest();
    }
  }

  /** What stands from stretch `from` on. */
  from(from: number): Handed {
    const known = this.#joined;
    const isCurrent = known?.next === this.end || (known?.bytes.length ?? 0) >= HANDED_BYTES;
    if (known?.from === from && isCurrent) return known;
    const stretches: Stretch[] = [];
    let size = 0;
    while (from + stretches.length < this.end && size < HANDED_BYTES) {
      const stretch = this.#at(from + stretches.length);
      stretches.push(stretch);
      size += stretch.bytes.length;
    }
    this.#joined = {
      from,
      bytes: join(stretches, size),
      last: (stretches.at(-1) as Stretch).last,
      next: from + stretches.length,
    };
    return this.#joined;
  }

  /**
   * Where a reader that has reached `place` goes on: the rest of the stretch in which that is, if any, and then the
   * next stretch. `undefined` when it stands before the window.
   */
  enter(place: Place): { rest: readonly LogEntry[]; next: number } | undefined {
    if (isAfter(this.#start, place)) return undefined;
    let next = this.#first;
    while (next < this.end && !isAfter(this.#at(next).last, place)) next += 1;
    if (next === this.end) return { rest: [], next };
    const { entries } = this.#at(next);
    const rest = entries.filter(({ id }) => isAfter(placeOf(id) as Place, place));
    return rest.length === entries.length ? { rest: [], next } : { rest, next: next + 1 };
  }

  #at(number: number): Stretch {
    return this.#stretches[number - this.#first] as Stretch;
  }

  #dropOldest(): void {
    const oldest = this.#stretches.shift() as Stretch;
    this.#first += 1;
    this.#length -= oldest.length;
    this.#start = oldest.last;
  }
}

/** One stretch is handed out as it is. */
function join(stretches: readonly Stretch[], size: number): Bytes {
  const [only] = stretches;
  if (only !== undefined && stretches.length === 1) return only.bytes;
  const joined = new Uint8Array(size);
  let end = 0;
  for (const { bytes } of stretches) {
    joined.set(bytes, end);
    end += bytes.length;
  }
  return joined;
}
