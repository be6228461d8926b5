import { drawPause, pause } from "../../core/pause.ts";
import { sharedTicker } from "../../core/ticker.ts";
import type { Place } from "../../protocol/event-id.ts";
import type { Append } from "../store.ts";
import type { OwnConnection, RedisLink } from "./redis-client.ts";
import type { RedisCommands } from "./redis-commands.ts";
import { inTime } from "./redis-commands.ts";
import type { ShardName } from "./redis-keys.ts";
import type { RawEntry } from "./redis-reply.ts";
import { entriesOf, streamsOf, textOf } from "./redis-reply.ts";
import { LogWindow } from "./redis-window.ts";

/** How long one command blocks: what the tail looks after by itself, it does as often. */
const BLOCK_MS = 5_000;
/** While there are logs that it need not ask for: they are looked at again as often. */
const SHORT_BLOCK_MS = 250;
/** A connection that nobody needs is let go after so long. */
const IDLE_MS = 10_000;
/** A log of which nothing was seen for so long may have gone by its age. */
const UNSEEN_MS = 10_000;
/** What one answer takes of each log at most, and of all together about. */
const MOST_PER_LOG = 1_024;
const MOST_PER_ANSWER = 4_096;

/** What a tail tells of besides entries. */
export interface TailListener {
  onStopRequest(streamId: string): void;
  /** Whether somebody wants to hear of such requests. */
  hasStopListeners(): boolean;
}

/**
 * Follows the newest entries of all logs of one shard that somebody reads here: one connection of its own, one command
 * that blocks. An inbox wakes it when there is one more log to follow; the control stream tells of stops and removals.
 *
 * It follows from ids, never from "now": what is written while it is away is there when it comes back.
 */
export class RedisTail {
  readonly #shard: ShardName;
  readonly #link: RedisLink;
  readonly #commands: RedisCommands;
  readonly #listener: TailListener;
  readonly #inbox: string;
  readonly #control: string;
  readonly #windows = new Map<string, LogWindow>();
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #connection: OwnConnection | undefined;
  #inboxCursor = "0-0";
  #controlCursor: string | undefined;
  /** Whether it was told already that there is more to follow. */
  #isWoken = false;
  #neededAt = 0;
  #removals = 0;

  constructor(shard: ShardName, link: RedisLink, commands: RedisCommands, listener: TailListener) {
    this.#shard = shard;
    this.#link = link;
    this.#commands = commands;
    this.#listener = listener;
    this.#inbox = `${shard}:inbox:${Math.random().toString(36).slice(2)}`;
    this.#control = `${shard}:control`;
  }

  /** How often it was told that a log was removed: as long as this stays, what was there still is. */
  get removals(): number {
    return this.#removals;
  }

  /** Sees to it that it runs: from here on no removal and no stop is missed. */
  start(): void {
    this.#neededAt = sharedTicker().now();
    if (this.#closing.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Somebody came while it was about to end.
      if (this.#isNeeded()) this.start();
    });
  }

  /** The window of a log, begun behind `place` where there is none. `undefined` when `place` is no longer in it. */
  windowFor(streamId: string, place: Place): LogWindow | undefined {
    this.start();
    const key = this.#keyOf(streamId);
    const known = this.#windows.get(key);
    if (known) return known.covers(place) ? known : undefined;
    const window = new LogWindow(streamId, place, sharedTicker().now(), () => {
      if (this.#windows.get(key) === window) this.#windows.delete(key);
    });
    this.#windows.set(key, window);
    this.#wake();
    return window;
  }

  /** What this process has recorded needs no reading: whoever follows the log here has it from here. */
  recorded(streamId: string, append: Append): void {
    this.#windows.get(this.#keyOf(streamId))?.addOwn(append, sharedTicker().now());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#connection?.close();
    await this.#running;
  }

  #keyOf(streamId: string): string {
    return `${this.#shard}:log:${streamId}`;
  }

  #isNeeded(): boolean {
    return this.#windows.size > 0 || this.#listener.hasStopListeners();
  }

  #isIdle(): boolean {
    const now = sharedTicker().now();
    if (this.#isNeeded()) this.#neededAt = now;
    return now - this.#neededAt >= IDLE_MS;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.#controlCursor ??= await this.#newestControl();
        this.#connection = await this.#connect();
        while (!signal.aborted) {
          await this.#readOnce(this.#connection);
          failures = 0;
          if (this.#isIdle()) return;
        }
      } catch {
        // Redis is away, or the connection broke: whoever reads waits, and goes on from its place.
        await pause(drawPause(failures), signal);
        failures += 1;
      } finally {
        this.#connection?.close();
        this.#connection = undefined;
        if (!this.#isNeeded()) this.#letGo();
      }
    }
  }

  /** What is removed from now on is not heard. */
  #letGo(): void {
    this.#controlCursor = undefined;
    this.#removals += 1;
  }

  async #newestControl(): Promise<string> {
    const newest = await this.#commands.send(["XREVRANGE", this.#control, "+", "-", "COUNT", "1"]);
    const [entry] = newest as RawEntry[];
    return entry ? textOf(entry[0]) : "0-0";
  }

  async #connect(): Promise<OwnConnection> {
    const connecting = this.#link.connect();
    try {
      return await this.#inTime(connecting, this.#commands.timeoutMs);
    } catch (error) {
      // One that comes too late is not needed any more.
      connecting.then((connection) => connection.close()).catch(() => {});
      throw error;
    }
  }

  async #readOnce(connection: OwnConnection): Promise<void> {
    this.#isWoken = false;
    const live = [...this.#windows].filter(([, window]) => window.isLive);
    const windows = live.filter(([, window]) => !window.isOwn(sharedTicker().now()));
    const blockMs = windows.length < live.length ? SHORT_BLOCK_MS : BLOCK_MS;
    const count = Math.min(MOST_PER_LOG, Math.ceil(MOST_PER_ANSWER / windows.length));
    const keys = [this.#inbox, this.#control, ...windows.map(([key]) => key)];
    const cursors = windows.map(([, window]) => window.cursor);
    cursors.unshift(this.#inboxCursor, this.#controlCursor ?? "$");
    const read = [
      "XREAD",
      "COUNT",
      `${count}`,
      "BLOCK",
      `${blockMs}`,
      "STREAMS",
      ...keys,
      ...cursors,
    ];
    const patience = blockMs + this.#commands.timeoutMs;
    const streams = streamsOf(await this.#inTime(connection.send(read), patience));
    const asked = new Map(windows);
    // Here, not when it was asked: until then whoever comes has to wake it.
    this.#isWoken = true;
    const now = sharedTicker().now();
    for (const [key, entries] of streams) {
      if (key === this.#inbox) this.#inboxCursor = textOf(entries.at(-1)?.[0]);
      else if (key === this.#control) this.#obey(entries);
    }
    for (const [key, entries] of streams) {
      const window = this.#windows.get(key);
      // Not to one that was begun meanwhile, from another place; nor to that of a log that was removed, and made anew.
      if (window !== undefined && window === asked.get(key)) window.add(entriesOf(entries), now);
    }
    await this.#lookAfter(connection, now);
  }

  #obey(entries: readonly RawEntry[]): void {
    for (const [id, [what, streamId]] of entries) {
      this.#controlCursor = textOf(id);
      const named = textOf(streamId);
      if (textOf(what) === "stop") this.#listener.onStopRequest(named);
      else {
        this.#removals += 1;
        this.#forget(this.#keyOf(named));
      }
    }
  }

  #forget(key: string): void {
    const window = this.#windows.get(key);
    this.#windows.delete(key);
    window?.remove();
  }

  /** A log that went by its age tells nobody. */
  async #lookAfter(connection: OwnConnection, now: number): Promise<void> {
    const unseen = [...this.#windows].filter(
      ([, window]) => window.isLive && now - window.seenAt >= UNSEEN_MS,
    );
    if (unseen.length === 0) return;
    const keys = unseen.map(([key]) => key);
    const ask = (...names: string[]) =>
      this.#inTime(connection.send(["EXISTS", ...names]), this.#commands.timeoutMs);
    const areAllThere = Number(await ask(...keys)) === keys.length;
    for (const [key, window] of unseen) {
      if (areAllThere || Number(await ask(key)) === 1) window.seenAt = now;
      else this.#forget(key);
    }
  }

  /** It blocks perhaps, with what it followed until now. */
  #wake(): void {
    if (this.#isWoken || this.#connection === undefined) return;
    this.#isWoken = true;
    // When this is lost, it wakes by itself.
    this.#commands.run("wake", this.#inbox, []).catch(() => {});
  }

  #inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
    return inTime(answer, patienceMs, this.#closing.signal);
  }
}
