import { HEARTBEAT_FRAME, openFrame } from "../protocol/comments.ts";
import { Guard } from "./guard.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Life } from "./life.ts";
import type { Outbox } from "./outbox.ts";

/** What is known of a burst of sends while it lasts. */
export interface Burst {
  /** Grows with every event. */
  readonly added: number;
  /** Whether a batch is full: waiting on would gain nothing. */
  readonly isFullBatch: boolean;
}

/**
 * Resolves when a producer that is in the middle of a burst of microtasks has paused, so that awaited sends too
 * leave in full batches. It may only wait for turns that run anyway before the event loop goes on: then no event
 * is delayed.
 */
export type EndOfBurst = (burst: Burst) => Promise<void>;

/**
 * How many microtask turns without a new event end a burst. A producer that awaits its sends through a
 * wrapper or an async generator needs a handful of turns for each; an idle turn costs some 50 ns.
 */
const QUIET_TURNS = 8;

/** The end of a burst where nothing but microtasks can be asked: on every runtime. */
async function quietTurns(burst: Burst): Promise<void> {
  let quiet = 0;
  while (quiet < QUIET_TURNS && !burst.isFullBatch) {
    const before = burst.added;
    await undefined;
    quiet = burst.added === before ? quiet + 1 : 0;
  }
}

export interface SourceOptions {
  heartbeatMs: number;
  stallMs: number;
  lifetimeMs: number;
  onStall: () => void;
  onLifetime: () => void;
}

/**
 * The reader's side of a session: bytes, pulled. Whoever transports them pulls, sends, and pulls again;
 * a pull that is not repeated is how this side learns that the reader is behind.
 */
export class ByteSource {
  readonly #outbox: Outbox;
  readonly #life: Life;
  readonly #heartbeat: Heartbeat;
  readonly #guard: Guard;
  readonly #heartbeatMs: number;
  readonly #utf8 = new TextEncoder();
  #opened = false;
  #wake: ((why: "readable" | "beat") => void) | undefined;
  #bytes = 0;

  constructor(outbox: Outbox, life: Life, options: SourceOptions) {
    this.#outbox = outbox;
    this.#life = life;
    this.#heartbeatMs = options.heartbeatMs;
    // Only a reader that waits hears a heartbeat: one that is behind has bytes enough on the way.
    this.#heartbeat = startHeartbeat({
      intervalMs: options.heartbeatMs,
      onBeat: () => this.#wake?.("beat"),
    });
    this.#guard = new Guard(options);
    outbox.onReadable = () => this.#wake?.("readable");
    life.atEnd(() => {
      this.#heartbeat.stop();
      this.#guard.stop();
      this.#wake?.("readable");
    });
  }

  /** How many bytes were handed out. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Resolves with the next bytes, always whole frames: the opening comment at once, then all events that
   * wait, up to a batch; a heartbeat after a silence. `undefined` is the end. Never rejects. One at a time.
   *
   * @param endOfBurst - A host that knows when its microtasks have run may say so more cheaply.
   */
  async pull(endOfBurst: EndOfBurst = quietTurns): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#guard.waiting();
    if (!this.#opened) {
      this.#opened = true;
      return this.#hand(openFrame(this.#heartbeatMs));
    }
    while (this.#life.phase !== "ended") {
      if (!this.#outbox.isEmpty) {
        await endOfBurst(this.#outbox);
        const batch = this.#outbox.takeBatch();
        if (batch !== "") return this.#hand(batch);
      } else if (this.#life.phase === "draining") {
        return undefined;
      } else if ((await this.#woken()) === "beat") {
        return this.#hand(HEARTBEAT_FRAME);
      }
    }
    return undefined;
  }

  /** Whether the last frame was handed out. The transport tells `Life` when it went through. */
  get isDrained(): boolean {
    return this.#life.phase === "draining" && this.#outbox.isEmpty;
  }

  #hand(frames: string): Uint8Array<ArrayBuffer> {
    const bytes = this.#utf8.encode(frames);
    this.#bytes += bytes.length;
    this.#heartbeat.touch();
    this.#guard.handed();
    return bytes;
  }

  #woken(): Promise<"readable" | "beat"> {
    return new Promise((resolve) => {
      this.#wake = (why) => {
        this.#wake = undefined;
        resolve(why);
      };
    });
  }
}
