import { drawPause, pause } from "../../core/pause.ts";
import type { Place } from "../../protocol/event-id.ts";
import { isAfter, placeOf } from "../../protocol/event-id.ts";
import type { LogSource } from "../reading.ts";
import type { LogBatch } from "../store.ts";
import { isAway, notFound } from "../refusals.ts";
import type { RedisCommands } from "./redis-commands.ts";
import type { RedisKeys } from "./redis-keys.ts";
import type { RawEntry } from "./redis-reply.ts";
import { entriesOf, optionalText } from "./redis-reply.ts";
import type { RedisTail } from "./redis-tail.ts";
import type { LogWindow, WindowReader } from "./redis-window.ts";

/** Before the first entry of all. */
const ORIGIN: Place = [0, 0];
/** A page is as many entries as hold so much text, by what the page before held. */
const PAGE_LENGTH = 256 * 1024;
const FIRST_PAGE = 64;
const LARGEST_PAGE = 1_024;

/**
 * One reader: pages through the backlog, then takes from the window that the tail keeps of the log. Who falls behind the
 * window pages again. It holds a place and nothing else.
 */
export class RedisReading implements LogSource, WindowReader {
  readonly #streamId: string;
  readonly #keys: RedisKeys;
  readonly #commands: RedisCommands;
  readonly #tail: RedisTail;
  #place: Place;
  #window: LogWindow | undefined;
  #pageSize = FIRST_PAGE;
  /** Set once the last page was the last one: what the tail had heard of removals before that. */
  #caughtUpAt: number | undefined;
  position = 0;

  constructor(
    streamId: string,
    after: string | undefined,
    { keys, commands, tail }: { keys: RedisKeys; commands: RedisCommands; tail: RedisTail },
  ) {
    this.#streamId = streamId;
    this.#keys = keys;
    this.#commands = commands;
    this.#tail = tail;
    this.#place = placeOf(after) ?? ORIGIN;
  }

  async next(signal: AbortSignal): Promise<LogBatch | undefined> {
    // Before it looks at the log: a removal after that is told.
    this.#tail.start();
    while (!signal.aborted) {
      if (this.#window === undefined) this.#join();
      if (this.#window === undefined) {
        const page = await this.#patiently(signal, () => this.#page());
        if (page !== "tail") return page;
        continue;
      }
      const batch = this.#window.batchFor(this, this.#place);
      if (batch) return this.#advance(batch);
      if (this.#window.isGone) throw notFound();
      if (!this.#window.isLive) return undefined;
      await this.#window.more(signal);
    }
    return undefined;
  }

  over(): void {
    this.#window?.leave(this);
    this.#window = undefined;
  }

  fallBehind(): void {
    this.over();
  }

  #join(): void {
    const caughtUpAt = this.#caughtUpAt;
    this.#caughtUpAt = undefined;
    if (caughtUpAt === undefined || caughtUpAt !== this.#tail.removals) return;
    this.#window = this.#tail.windowFor(this.#streamId, this.#place);
    this.#window?.join(this, this.#place);
  }

  #advance(batch: LogBatch): LogBatch {
    this.#place = placeOf(batch.entries.at(-1)?.id) ?? this.#place;
    return batch;
  }

  /** The next page; `undefined` when the log has ended before it, `tail` when nothing is there yet. */
  async #page(): Promise<LogBatch | undefined | "tail"> {
    const key = this.#keys.logOf(this.#streamId);
    const from = this.#place === ORIGIN ? "-" : `(${this.#place.join("-")}`;
    const { removals } = this.#tail;
    const range = ["XRANGE", key, from, "+", "COUNT", `${this.#pageSize}`];
    const { entries, outcome } = entriesOf((await this.#commands.send(range)) as RawEntry[]);
    if (entries.length < this.#pageSize) this.#caughtUpAt = removals;
    if (entries.length === 0) return this.#atTop(key);
    const length = entries.reduce((sum, { frame }) => sum + frame.length, 0);
    const fitting = Math.floor(PAGE_LENGTH / Math.max(1, length / entries.length));
    this.#pageSize = Math.max(1, Math.min(LARGEST_PAGE, fitting));
    return this.#advance({ entries, outcome });
  }

  async #atTop(key: string): Promise<undefined | "tail"> {
    const args = [this.#keys.shardOf(this.#streamId), this.#streamId];
    const state = (await this.#commands.run("state", key, args)) as unknown[] | null;
    if (state === null) throw notFound();
    const newest = placeOf(optionalText(state[0]));
    const hasMore = newest !== undefined && isAfter(newest, this.#place);
    return optionalText(state[1]) === undefined || hasMore ? "tail" : undefined;
  }

  /** A reader waits until Redis is back, however long that takes. */
  async #patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T | undefined> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!isAway(error) || this.#commands.isClosed) throw error;
        await pause(drawPause(failures), signal);
      }
    }
    return undefined;
  }
}
