import { drawPause, pause } from "../core/pause.ts";
import type { TickerEntry } from "../core/ticker.ts";
import { sharedTicker } from "../core/ticker.ts";
import { isAway } from "./refusals.ts";
import { cursorOf, follows, idOf, placeOf } from "../protocol/event-id.ts";
import type { Place } from "../protocol/event-id.ts";
import type { Outcome } from "../protocol/outcome.ts";
import { gapFrame, sealLost } from "./last-words.ts";
import type { LogBatch, LogInfo, LogStore } from "./store.ts";
import { Window } from "./window.ts";

/** Whoever reads a feed, and waits at its end. */
export interface FeedReader {
  onReadable(): void;
  /** Kept here by the feed: where it waits. */
  waitsAt: number;
}

/**
 * What all readers of one log in this process share: one reading of the store from its tail on, and a window of what
 * came. A reader is a number in it; only who is further behind reads the store itself.
 *
 * It also looks after a producer that falls silent: whose lease has run out is gone, and its log is ended here.
 */
export class Feed implements TickerEntry {
  readonly streamId: string;
  readonly window: Window;
  readonly #store: LogStore;
  readonly #leaseMs: number;
  readonly #leaving = new AbortController();
  readonly #onIdle: () => void;
  #readers = 0;
  #waiting: FeedReader[] = [];
  /** Whether something came since the producer was last looked after. */
  #isLively = true;
  /** How the log ended; `undefined` while it goes on. */
  outcome: Outcome | undefined;
  /** Why there is no more to read, other than the log's end. */
  failure: unknown;
  slot: number | undefined = undefined;

  /** @param leaseMs - How long the producer may show no sign of life; 0: the log has none. */
  constructor(store: LogStore, info: LogInfo, leaseMs: number, onIdle: () => void) {
    this.#store = store;
    this.streamId = info.streamId;
    this.#leaseMs = leaseMs;
    this.#onIdle = onIdle;
    this.window = new Window(tailOf(info));
    void this.#run();
    this.#lookAfter();
  }

  /** Whether nothing more comes. */
  get isOver(): boolean {
    return this.outcome !== undefined || this.failure !== undefined;
  }

  /** Somebody reads it, until `leave`. */
  join(): void {
    this.#readers += 1;
  }

  leave(): void {
    this.#readers -= 1;
    if (this.#readers > 0) return;
    this.#leaving.abort();
    sharedTicker().remove(this);
    this.#onIdle();
  }

  /** Tells `reader` once there is more. */
  wait(reader: FeedReader): void {
    if (reader.waitsAt >= 0) return;
    reader.waitsAt = this.#waiting.length;
    this.#waiting.push(reader);
  }

  unwait(reader: FeedReader): void {
    const { waitsAt } = reader;
    if (waitsAt < 0) return;
    const last = this.#waiting.pop() as FeedReader;
    if (last !== reader) {
      this.#waiting[waitsAt] = last;
      last.waitsAt = waitsAt;
    }
    reader.waitsAt = -1;
  }

  onDue(now: number): number | undefined {
    if (!this.#isLively) void this.#endIfLost();
    this.#isLively = false;
    return this.isOver ? undefined : now + this.#leaseMs / 2;
  }

  #lookAfter(): void {
    if (this.#leaseMs > 0) sharedTicker().add(this, sharedTicker().now() + this.#leaseMs / 2);
  }

  async #endIfLost(): Promise<void> {
    try {
      const info = await this.#store.info(this.streamId);
      if (info) await sealLost(this.#store, info);
    } catch {
      // The store is away: the producer is looked after once it is back.
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    for (let failures = 0; !this.isOver && !signal.aborted; failures += 1) {
      try {
        const after = afterOf(this.window.last);
        const reading = this.#store.read(this.streamId, { after, signal });
        for await (const batch of reading) {
          this.#add(batch);
          failures = 0;
        }
        if (!signal.aborted) await this.#noteEnd();
      } catch (error) {
        if (isAway(error)) await pause(drawPause(failures), signal);
        else this.#fail(error);
      }
    }
  }

  #add({ entries, outcome }: LogBatch): void {
    this.#isLively = true;
    const [oldest] = entries;
    if (oldest !== undefined) {
      const isNext = follows(this.window.last, placeOf(oldest.id) as Place);
      this.window.add(entries, isNext ? "" : gapFrame(afterOf(this.window.last), oldest.id));
    }
    this.outcome ??= outcome;
    this.#wake();
  }

  /** The log had ended before it was read. */
  async #noteEnd(): Promise<void> {
    if (this.isOver) return;
    const info = await this.#store.info(this.streamId);
    this.outcome ??= info?.outcome ?? "completed";
    this.#wake();
  }

  #fail(error: unknown): void {
    this.failure = error;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    // All first: one that is woken may make another leave, or wait again.
    for (const reader of waiting) reader.waitsAt = -1;
    for (const reader of waiting) reader.onReadable();
  }
}

/** The place of the newest entry; before the first when there is none. */
export function tailOf({ lastId, epoch }: LogInfo): Place {
  return (lastId === undefined ? undefined : cursorOf(lastId)) ?? [epoch, 0];
}

/** What a store is asked for by whoever has reached `place`. */
export function afterOf([epoch, sequence]: Place): string | undefined {
  return sequence > 0 ? idOf(epoch, sequence) : undefined;
}
