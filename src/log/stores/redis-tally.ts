import type { Append, NewLog } from "../store.ts";

/** So many gone slots are put up with. */
const MOST_EMPTY_SLOTS = 1_024;

export type TalliedLog = Pick<NewLog, "epoch" | "leaseMs"> & {
  retention: Pick<NewLog["retention"], "maxEvents" | "maxBytes">;
};

/**
 * What the process that produces a log knows of it: how far it is, and how much of it is kept. So one command is enough
 * for an entry, and says what goes.
 */
export class LogTally {
  readonly #log: TalliedLog;
  /** The lengths of the entries that are kept, as far as this process has written them. */
  #lengths: number[] = [];
  #head = 0;
  #length = 0;
  /** The number of the newest entry. */
  #last: number;
  /** Whether everything that was sent was answered. */
  #isSure = true;

  constructor(log: TalliedLog, last: number) {
    this.#log = log;
    this.#last = last;
  }

  /** Whether `append` is what comes next, beyond doubt, and nothing has to be done beside. */
  isPlain({ epoch, sequence, frames, outcome }: Append): boolean {
    const isNext = this.#isSure && sequence === this.#last + 1 && epoch === this.#log.epoch;
    return isNext && frames.length === 1 && outcome === undefined && this.#log.leaseMs > 0;
  }

  /** The number of the oldest entry that may stay with those of `append`: at most its newest. */
  oldestWith(append: Append): number {
    const { maxEvents, maxBytes } = this.#log.retention;
    const { fresh, last } = this.#split(append);
    let oldest = last - fresh.length - this.#count + 1;
    let length = this.#length + fresh.reduce((sum, frame) => sum + frame.length, 0);
    for (let at = this.#head; length > maxBytes && at < this.#lengths.length; at += 1) {
      length -= this.#lengths[at] as number;
      oldest += 1;
    }
    for (let at = 0; length > maxBytes && at < fresh.length - 1; at += 1) {
      length -= (fresh[at] as string).length;
      oldest += 1;
    }
    return Math.max(1, Math.min(last, Math.max(oldest, last - maxEvents + 1)));
  }

  /** Something was sent, and has no answer yet. */
  expect(): void {
    this.#isSure = false;
  }

  /** It was answered: `append` is in the log, and what is older than `oldest` is not. */
  note(append: Append, oldest: number): void {
    const { fresh, last } = this.#split(append);
    this.#isSure = true;
    this.#last = last;
    for (const { length } of fresh) {
      this.#lengths.push(length);
      this.#length += length;
    }
    for (let first = last - this.#count + 1; first < oldest; first += 1) {
      this.#length -= this.#lengths[this.#head] as number;
      this.#head += 1;
    }
    if (this.#head < MOST_EMPTY_SLOTS || this.#head < this.#lengths.length / 2) return;
    this.#lengths = this.#lengths.slice(this.#head);
    this.#head = 0;
  }

  get #count(): number {
    return this.#lengths.length - this.#head;
  }

  /** What of `append` is new here, and the number of the newest entry with it. */
  #split({ sequence, frames }: Append): { fresh: readonly string[]; last: number } {
    const known = this.#last - sequence + 1;
    // Somebody else wrote for this producer meanwhile: what was tallied before stands elsewhere.
    if (known < 0) this.#forget();
    const fresh = frames.slice(Math.max(0, known));
    return { fresh, last: Math.max(this.#last, sequence + frames.length - 1) };
  }

  #forget(): void {
    this.#lengths = [];
    this.#head = 0;
    this.#length = 0;
  }
}

/** So many logs are tallied at most: those that were written to last. */
const MOST_TALLIES = 10_000;

/** The tallies of the logs that this process writes. One that is missing costs a little more work, and no event. */
export class LogTallies {
  readonly #tallies = new Map<string, LogTally>();

  get(streamId: string): LogTally | undefined {
    return this.#tallies.get(streamId);
  }

  set(streamId: string, tally: LogTally): void {
    this.#tallies.delete(streamId);
    this.#tallies.set(streamId, tally);
    const [oldest] = this.#tallies.keys();
    if (this.#tallies.size > MOST_TALLIES) this.#tallies.delete(oldest as string);
  }

  delete(streamId: string): void {
    this.#tallies.delete(streamId);
  }
}
