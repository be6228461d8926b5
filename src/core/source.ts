import { encodeFrames } from "../protocol/bytes.ts";
import { HEARTBEAT_FRAME, openFrame } from "../protocol/comments.ts";
import { endOfBurst } from "./burst.ts";
import { Guard } from "./guard.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Life } from "./life.ts";
import type { Outbox } from "./outbox.ts";

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
   */
  async pull(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#guard.waiting();
    if (!this.#opened) {
      this.#opened = true;
      return this.#hand([openFrame(this.#heartbeatMs)]);
    }
    while (this.#life.phase !== "ended") {
      if (!this.#outbox.isEmpty) {
        await endOfBurst(this.#outbox);
        const batch = this.#outbox.takeBatch();
        if (batch.length > 0) return this.#hand(batch);
      } else if (this.#life.phase === "draining") {
        return undefined;
      } else if ((await this.#woken()) === "beat") {
        return this.#hand([HEARTBEAT_FRAME]);
      }
    }
    return undefined;
  }

  /** Whether the last frame was handed out. The transport tells `Life` when it went through. */
  get isDrained(): boolean {
    return this.#life.phase === "draining" && this.#outbox.isEmpty;
  }

  #hand(frames: string[]): Uint8Array<ArrayBuffer> {
    const bytes = encodeFrames(frames);
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
