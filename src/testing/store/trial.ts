import type { LogBatch, LogEntry, LogStore, NewLog, Retention } from "../../log/store.ts";
import { soon } from "../check.ts";

/** Checks by name: what a user would complain of. */
export type Claims = Record<string, (store: LogStore, trial: Trial) => Promise<void>>;

/** What a log of a check is made of; the rest is given. */
export type LogWishes = Partial<Omit<NewLog, "retention">> & { retention?: Partial<Retention> };

export const EPOCH = 1_700_000_000_000;

/** One run of one check: the stores that it opened, and names that are its own. */
export class Trial {
  readonly #open: () => LogStore | Promise<LogStore>;
  readonly #stores = new Set<LogStore>();
  readonly #prefix = `check-${Math.random().toString(36).slice(2)}`;
  #names = 0;

  constructor(open: () => LogStore | Promise<LogStore>) {
    this.#open = open;
  }

  /** Another store on the same logs. */
  async open(): Promise<LogStore> {
    const store = await this.#open();
    this.#stores.add(store);
    return store;
  }

  /** A name that nobody has used. */
  name(): string {
    this.#names += 1;
    return `${this.#prefix}-${this.#names}`;
  }

  /** A new log, held by nobody if nothing else is wished. */
  async log(store: LogStore, wishes: LogWishes = {}): Promise<string> {
    const streamId = this.name();
    await store.create(streamId, newLog(wishes));
    return streamId;
  }

  async end(): Promise<void> {
    for (const store of this.#stores) await store.close();
  }
}

export function newLog({ retention, ...wishes }: LogWishes = {}): NewLog {
  return {
    epoch: EPOCH,
    leaseMs: 0,
    ...wishes,
    retention: { maxEvents: 100_000, maxBytes: 100_000_000, maxAgeMs: 60_000, ...retention },
  };
}

export function frame(number: number): string {
  return `data: {"type":"chunk","content":"${number}"}\n\n`;
}

/** The frames `from` to `to`, both of them. */
export function frames(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => frame(from + index));
}

export function entries(from: number, to: number, epoch = EPOCH): LogEntry[] {
  return frames(from, to).map((text, index) => ({ id: `${epoch}-${from + index}`, frame: text }));
}

/** Appends the frames `from` to `to` under their numbers. */
export function append(
  store: LogStore,
  streamId: string,
  from: number,
  to: number,
  isEnd = false,
): Promise<void> {
  const outcome = isEnd ? ("completed" as const) : undefined;
  return store.append(streamId, {
    epoch: EPOCH,
    sequence: from,
    frames: frames(from, to),
    outcome,
  });
}

type Reading = AsyncIterator<LogBatch, undefined>;

/** Takes from `reading` until it has `count` entries, or is over. */
export async function take(reading: Reading, count: number): Promise<LogEntry[]> {
  const taken: LogEntry[] = [];
  while (taken.length < count) {
    const { done, value } = await soon(reading.next(), `entry ${taken.length + 1} of ${count}`);
    if (done) break;
    taken.push(...value.entries.map(({ id, frame: text }) => ({ id, frame: text })));
  }
  return taken;
}

/** All that is kept of a log that goes on: `count` entries. */
export async function kept(store: LogStore, streamId: string, count: number): Promise<LogEntry[]> {
  const reading = store.read(streamId);
  try {
    return await take(reading, count);
  } finally {
    await reading.return?.();
  }
}

/** The rest of a log that has ended, or will. */
export function rest(reading: Reading): Promise<LogEntry[]> {
  return take(reading, Number.POSITIVE_INFINITY);
}
