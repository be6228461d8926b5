import { encodeFrames } from "../protocol/bytes.ts";
import { HEARTBEAT_FRAME, openFrame } from "../protocol/comments.ts";
import { endOfBurst } from "./burst.ts";
import type { GuardOptions, Watched } from "./guard.ts";
import { Guard } from "./guard.ts";
import type { QueueListener } from "./bounded-queue.ts";
import type { Beaten, Heartbeat } from "./heartbeat.ts";
import { beat } from "./heartbeat.ts";
import type { Life } from "./life.ts";
import type { Outbox } from "./outbox.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface SourceOptions extends GuardOptions {
  heartbeatMs: number;
}

/**
 * The reader's side of a session: bytes, pulled. Whoever transports them pulls, sends, and pulls again;
 * a pull that is not repeated is how this side learns that the reader is behind.
 */
export class ByteSource implements QueueListener, Beaten {
  readonly #outbox: Outbox;
  readonly #life: Life;
  readonly #heartbeat: Heartbeat;
  readonly #guard: Guard;
  readonly #heartbeatMs: number;
  #opened = false;
  /** Answers the pull that waits. */
  #answer: ((bytes: Bytes | undefined) => void) | undefined;
  #isInBurst = false;
  #bytes = 0;

  constructor(outbox: Outbox, life: Life, options: SourceOptions, watched: Watched) {
    this.#outbox = outbox;
    this.#life = life;
    this.#heartbeatMs = options.heartbeatMs;
    this.#heartbeat = beat(options.heartbeatMs, this);
    this.#guard = new Guard(options, watched);
    outbox.listener = this;
  }

  /** Ends it: whoever waits for bytes is told that there are no more. */
  stop(): void {
    this.#heartbeat.stop();
    this.#guard.stop();
    this.#tell(undefined);
  }

  /** How many bytes were handed out. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Resolves with the next bytes, always whole frames: the opening comment at once, then all events that
   * wait, up to a batch; a heartbeat after a silence. `undefined` is the end. Never rejects. One at a time.
   */
  pull(): Promise<Bytes | undefined> {
    this.#guard.waiting();
    if (!this.#opened) {
      this.#opened = true;
      return Promise.resolve(this.#hand([openFrame(this.#heartbeatMs)]));
    }
    return new Promise((resolve) => {
      this.#answer = resolve;
      if (this.#life.phase !== "open" || !this.#outbox.isEmpty) this.onReadable();
    });
  }

  /** There is something to take, or it is over. */
  onReadable(): void {
    if (this.#answer === undefined || this.#isInBurst) return;
    if (this.#life.phase === "ended" || this.isDrained) this.#tell(undefined);
    else void this.#handBatch();
  }

  /** Only a reader that waits hears a heartbeat: one that is behind has bytes enough on the way. */
  onBeat(): void {
    if (this.#answer !== undefined && !this.#isInBurst) this.#tell(this.#hand([HEARTBEAT_FRAME]));
  }

  /** Whether the last frame was handed out. The transport tells `Life` when it went through. */
  get isDrained(): boolean {
    return this.#life.phase === "draining" && this.#outbox.isEmpty;
  }

  async #handBatch(): Promise<void> {
    this.#isInBurst = true;
    await endOfBurst(this.#outbox);
    this.#isInBurst = false;
    const batch = this.#outbox.takeBatch();
    if (batch.length > 0) this.#tell(this.#hand(batch));
    // It ended meanwhile, or what waited was taken back.
    else if (this.#life.phase !== "open") this.#tell(undefined);
  }

  #tell(bytes: Bytes | undefined): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(bytes);
  }

  #hand(frames: string[]): Bytes {
    const bytes = encodeFrames(frames);
    this.#bytes += bytes.length;
    this.#heartbeat.touch();
    this.#guard.handed();
    return bytes;
  }
}
