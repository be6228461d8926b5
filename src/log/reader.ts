import { follow } from "../core/follow.ts";
import type { GuardOptions } from "../core/guard.ts";
import { GuardedStream } from "../core/guard.ts";
import type { EndListener, Living } from "../core/life.ts";
import { Life } from "../core/life.ts";
import type { OutgoingStream } from "../core/outgoing.ts";
import type { ShutdownPhase } from "../core/shutdown.ts";
import { shutDown } from "../core/shutdown.ts";
import type { ByteSink } from "../core/source.ts";
import { sharedTicker } from "../core/ticker.ts";
import { toChunk } from "../protocol/bytes.ts";
import { HEARTBEAT_FRAME, openFrame } from "../protocol/comments.ts";
import { StreamCutError } from "../protocol/errors.ts";
import type { Place } from "../protocol/event-id.ts";
import { isAfter } from "../protocol/event-id.ts";
import type { Outcome } from "../protocol/outcome.ts";
import type { Feed, FeedReader } from "./feed.ts";
import { lastOf, Paging } from "./paging.ts";
import { REVOKED_FRAMES, rotateFrame } from "./last-words.ts";
import type { LogEntry, LogStore } from "./store.ts";
import { toBytes } from "./window.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a reader of a log begins with. */
export interface ReaderStart {
  store: LogStore;
  streamId: string;
  /** The newest of the log; `undefined` when it has ended: then the store is read alone. */
  feed: Feed | undefined;
  /** What it has. */
  place: Place;
  /** Told after the opening comment, before the log's events. */
  opening: string;
  /** Aborts when the reader has left. */
  signal: AbortSignal | undefined;
}

const NOTHING: readonly LogEntry[] = [];
/** How one connection ended is asked by nobody but its transport: what is told of it is what its run tells. */
const NOTHING_TOLD = Object.freeze({
  text: "",
  textIsWhole: true,
  counts: { accepted: 0, refused: 0, delivered: 0, bytes: 0 },
});

/**
 * One connection's reader of a log: a cursor. It holds no events: near the end it is handed the bytes that all readers
 * get, further behind it reads the store, a batch at a time.
 */
export class LogReader extends GuardedStream implements OutgoingStream, Living, FeedReader {
  readonly #store: LogStore;
  readonly #streamId: string;
  readonly #feed: Feed | undefined;
  readonly #life: Life;
  /** Made when it has to ask the store. */
  #paging: Paging | undefined;
  #sink: ByteSink | undefined;
  /** Frames of its own that it is told next. */
  #own: string;
  #place: Place;
  /** The stretch of the window that comes next; -1: it stands before the window, or has not looked. */
  #next = -1;
  /** What was read from the store and not taken yet. */
  #backlog: readonly LogEntry[] = NOTHING;
  /** How the log ends after the backlog. */
  #end: Outcome | undefined;
  waitsAt = -1;
  handedAt = sharedTicker().now();

  constructor(reading: ReaderStart, options: GuardOptions) {
    super(options);
    this.#store = reading.store;
    this.#streamId = reading.streamId;
    this.#feed = reading.feed;
    this.#place = reading.place;
    this.#own = openFrame(options.heartbeatMs) + reading.opening;
    this.#life = new Life(this);
    follow(reading.signal, this.#life, (reason) => this.leave(reason));
  }

  get isWaiting(): boolean {
    return this.#sink !== undefined;
  }

  get isDrained(): boolean {
    return this.#life.phase === "draining" && this.#own === "";
  }

  take(sink: ByteSink): void {
    this.#sink = sink;
    this.onReadable();
  }

  /** There may be more to take, or it is over. */
  onReadable(): void {
    if (this.#sink === undefined) return;
    const { phase } = this.#life;
    if (phase === "ended" || this.isDrained) this.#tell(undefined);
    else if (this.#own !== "") this.#tellOwn();
    else if (this.#backlog.length > 0 || this.#end !== undefined) this.#tellBacklog();
    else this.#readOn();
  }

  start(): void {}

  atEnd(listener: EndListener): void {
    this.#life.atEnd(listener);
  }

  delivered(): void {
    this.#life.delivered();
  }

  leave(reason: unknown): void {
    this.#life.cut("aborted", reason);
  }

  drop(reason: unknown): void {
    this.#life.cut("dropped", reason);
  }

  /** Sends it away on purpose: it comes back with its cursor. */
  rotate(): void {
    this.#conclude(rotateFrame(), "aborted");
  }

  /** Its right to read has ended: it is told so, and that nothing follows. */
  revoke(): void {
    this.#conclude(REVOKED_FRAMES, "failed");
  }

  onSilence(): void {
    if (this.#sink !== undefined) this.#tellText(HEARTBEAT_FRAME);
  }

  onStall(stallMs: number): void {
    this.drop(new StreamCutError("STALLED", `the reader took nothing for ${stallMs} ms`));
  }

  onLifetime(): void {
    this.rotate();
  }

  onShutdown(phase: ShutdownPhase): void {
    if (phase === "begin") this.rotate();
    else if (phase === "over") this.drop(shutDown());
  }

  letGo(): void {
    this.unguard();
    this.#feed?.unwait(this);
    this.#feed?.leave();
    this.#backlog = NOTHING;
    this.#paging?.leave();
    this.#tell(undefined);
  }

  describe(): typeof NOTHING_TOLD {
    return NOTHING_TOLD;
  }

  #conclude(frames: string, outcome: Outcome): void {
    if (this.#life.phase !== "open") return;
    this.#own += frames;
    this.#backlog = NOTHING;
    this.#life.drain({ outcome });
    this.#feed?.unwait(this);
    this.onReadable();
  }

  #tellOwn(): void {
    const own = this.#own;
    this.#own = "";
    this.#tellText(own);
  }

  #tellText(text: string): void {
    const { data, byteLength } = toChunk([text], this.#sink?.takesText === true);
    this.#tell(data, byteLength);
  }

  #tellBacklog(): void {
    const entries = this.#backlog;
    this.#backlog = NOTHING;
    if (this.#end !== undefined) this.#life.drain({ outcome: this.#end });
    if (entries.length === 0) this.#tell(undefined);
    else this.#tell(toBytes(entries));
  }

  /** It has all that was read for it: the window comes next, or the store. */
  #readOn(): void {
    const feed = this.#feed;
    if (feed === undefined) return void this.#ask();
    const { window } = feed;
    if (this.#next < window.first && !this.#enter(feed)) return void this.#ask();
    if (this.#backlog.length > 0) this.#tellBacklog();
    else if (this.#next < window.end) {
      const { bytes, last, next } = window.from(this.#next);
      this.#place = last;
      this.#next = next;
      if (feed.outcome !== undefined && next === window.end) {
        this.#life.drain({ outcome: feed.outcome });
      }
      this.#tell(bytes);
    } else if (feed.outcome !== undefined) {
      this.#life.drain({ outcome: feed.outcome });
      this.#tell(undefined);
    } else if (feed.failure !== undefined) this.drop(feed.failure);
    else feed.wait(this);
  }

  /** Whether it stands in the window now. */
  #enter({ window }: Feed): boolean {
    const entered = window.enter(this.#place);
    if (entered === undefined) return false;
    this.#next = entered.next;
    this.#backlog = entered.rest;
    this.#place = lastOf(entered.rest) ?? this.#place;
    // The window's own: thousands that wait at its end stand at one place.
    if (entered.next === window.end && !isAfter(this.#place, window.last)) {
      this.#place = window.last;
    }
    return true;
  }

  async #ask(): Promise<void> {
    const paging = (this.#paging ??= new Paging(this.#store, this.#streamId));
    if (paging.isAsking) return;
    try {
      const page = await paging.ask(this.#place, () => this.#feed?.window);
      if (this.#life.phase !== "open") return;
      this.#own += page.gap;
      this.#backlog = page.entries;
      this.#place = page.place;
      this.#end = page.outcome;
      this.onReadable();
    } catch (error) {
      this.drop(error);
    }
  }

  #tell(chunk: Bytes | string | undefined, byteLength?: number): void {
    this.handedAt = sharedTicker().now();
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onChunk(chunk, byteLength);
  }
}
