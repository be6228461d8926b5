// What a replaying server holds, read off the wire's rules alone: it shares no line with the package.

export interface ReplayLogOptions {
  /** Off: no frame has an id, and whoever comes back starts over. */
  ids: boolean;
  /** Whether the terminal has an id too: then whoever missed just that gets it. */
  numbersTerminal: boolean;
  epoch: number;
}

interface Entry {
  epoch: number;
  seq: number;
  /** `undefined` is the terminal. */
  event: object | undefined;
}

/** Events in order, each with its id, of which the first ones may be forgotten. */
export class ReplayLog {
  readonly #options: ReplayLogOptions;
  readonly #script: ReadonlyArray<Entry["event"]>;
  readonly #entries: Entry[] = [];
  #epoch: number;
  #seq = 0;
  /** How many of the script are told. */
  #told = 0;
  #forgotten = 0;

  constructor(events: readonly object[], options: ReplayLogOptions) {
    this.#script = [...events, undefined];
    this.#options = options;
    this.#epoch = options.epoch;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Where a reader begins that has seen nothing. */
  get start(): number {
    return this.#forgotten;
  }

  get isComplete(): boolean {
    return this.#told === this.#script.length;
  }

  isTerminal(position: number): boolean {
    const entry = this.#entries[position];
    return entry !== undefined && entry.event === undefined;
  }

  /** Tells `count` more; the terminal counts as one. */
  tell(count: number): void {
    for (const event of this.#script.slice(this.#told, this.#told + count)) {
      this.#seq += 1;
      this.#told += 1;
      this.#entries.push({ epoch: this.#epoch, seq: this.#seq, event });
    }
  }

  forget(count: number): void {
    this.#forgotten = Math.min(this.#forgotten + count, this.#entries.length);
  }

  /** A new producer goes on counting under a later epoch; one that lost the log begins anew. */
  restart(losesLog: boolean): void {
    this.#epoch += 1_000;
    if (!losesLog) return;
    this.forget(Infinity);
    this.#seq = 0;
    this.#told = 0;
  }

  /** Where what comes after `cursor` begins, and the gap before it. `undefined` for what is no id. */
  after(cursor: string): { position: number; gap: object | undefined } | undefined {
    const [, epoch, seq] = /^(\d+)-(\d+)$/.exec(cursor) ?? [];
    if (epoch === undefined || seq === undefined) return undefined;
    const isLater = (entry: Entry) =>
      entry.epoch === Number(epoch) ? entry.seq > Number(seq) : entry.epoch > Number(epoch);
    const found = this.#entries.findIndex(isLater);
    const position = found < 0 ? this.#entries.length : found;
    if (position >= this.#forgotten) return { position, gap: undefined };
    const oldest = this.#entries[this.#forgotten];
    const gap = { type: "gap", after: cursor, oldest: oldest ? idOf(oldest) : "" };
    return { position: this.#forgotten, gap };
  }

  frame(position: number): string {
    const entry = this.#entries[position];
    if (!entry) throw new RangeError(`\`position\` must be below ${this.length}, got ${position}`);
    const { ids, numbersTerminal } = this.#options;
    const isNumbered = ids && (entry.event !== undefined || numbersTerminal);
    return (isNumbered ? `id: ${idOf(entry)}\n` : "") + dataFrame(entry.event ?? "[DONE]");
  }
}

/** One frame of `data`: an object as JSON, text as it is. */
export function dataFrame(data: object | string): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

function idOf({ epoch, seq }: Entry): string {
  return `${epoch}-${seq}`;
}
