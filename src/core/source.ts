import { byteLength, encodeFrames } from "../protocol/bytes.ts";
import { HEARTBEAT_FRAME, openFrame } from "../protocol/comments.ts";
import { afterBurst } from "./burst.ts";
import type { GuardOptions, Watched } from "./guard.ts";
import { Guard } from "./guard.ts";
import type { Beaten, Heartbeat } from "./heartbeat.ts";
import { beat } from "./heartbeat.ts";
import type { Life } from "./life.ts";
import type { Outbox, OutboxListener } from "./outbox.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Answer<Chunk> = (chunk: Chunk | undefined) => void;

/** Up to this many characters a chunk is handed out as text to who can send text: making a buffer of it costs more. */
const SHORT = 2_048;

export interface SourceOptions extends GuardOptions {
  heartbeatMs: number;
}

/**
 * The reader's side of a session: bytes, pulled. Whoever transports them pulls, sends, and pulls again;
 * a pull that is not repeated is how this side learns that the reader is behind.
 */
export class ByteSource implements OutboxListener, Beaten {
  readonly #outbox: Outbox;
  readonly #life: Life;
  readonly #heartbeat: Heartbeat;
  readonly #guard: Guard;
  readonly #heartbeatMs: number;
  #opened = false;
  /** Answers the pull that waits. */
  #answer: Answer<Bytes | string> | undefined;
  #takesText = false;
  #isInBurst = false;
  /** Whether the last burst was one event: then the next is likely one too, and need not wait for more. */
  #isLone = false;
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
   * Answers with the next bytes, always whole frames: the opening comment at once, then all events that
   * wait, up to a batch; a heartbeat after a silence. `undefined` is the end. One at a time.
   */
  take(answer: Answer<Bytes>): void {
    this.#take(answer as Answer<Bytes | string>, false);
  }

  /** {@link take} for who can send text as well: a short chunk comes as such. */
  takeText(answer: Answer<Bytes | string>): void {
    this.#take(answer, true);
  }

  /** {@link take} as a promise. Never rejects. */
  pull(): Promise<Bytes | undefined> {
    return new Promise((resolve) => this.take(resolve));
  }

  /** The first event of a burst. What follows it in the same burst leaves with it, or right after it as one batch. */
  onAdded(): void {
    if (this.#answer === undefined || this.#isInBurst) return;
    const isLone = this.#isLone;
    this.#beginBurst(true);
    if (isLone) this.#handBatch();
  }

  onFinished(): void {
    this.#handLater();
  }

  /** There is something to take, or it is over. */
  #handLater(): void {
    if (this.#answer === undefined || this.#isInBurst) return;
    if (this.#life.phase === "ended" || this.isDrained) this.#tell(undefined);
    else this.#beginBurst(false);
  }

  #beginBurst(byAnEvent: boolean): void {
    this.#isInBurst = true;
    const { added } = this.#outbox;
    afterBurst(this.#outbox, () => {
      this.#isInBurst = false;
      this.#isLone = byAnEvent && this.#outbox.added === added;
      if (this.#answer !== undefined) this.#handBatch();
    });
  }

  /** Only a reader that waits hears a heartbeat: one that is behind has bytes enough on the way. */
  onBeat(): void {
    if (this.#answer !== undefined && !this.#isInBurst) this.#tell(this.#hand([HEARTBEAT_FRAME]));
  }

  /** Whether the last frame was handed out. The transport tells `Life` when it went through. */
  get isDrained(): boolean {
    return this.#life.phase === "draining" && this.#outbox.isEmpty;
  }

  #handBatch(): void {
    try {
      const batch = this.#outbox.takeBatch();
      if (batch.length > 0) this.#tell(this.#hand(batch));
      // It ended meanwhile, or what waited was taken back.
      else if (this.#life.phase !== "open") this.#tell(undefined);
    } catch (error) {
      // Nobody is above to catch it: texts that were joined are longer than the engine's strings.
      this.#life.cut("failed", error);
    }
  }

  #take(answer: Answer<Bytes | string>, takesText: boolean): void {
    this.#guard.waiting();
    this.#answer = answer;
    this.#takesText = takesText;
    if (!this.#opened) {
      this.#opened = true;
      this.#tell(this.#hand([openFrame(this.#heartbeatMs)]));
    } else if (this.#life.phase !== "open" || !this.#outbox.isEmpty) this.#handLater();
  }

  #tell(chunk: Bytes | string | undefined): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(chunk);
  }

  #hand(frames: string[]): Bytes | string {
    this.#heartbeat.touch();
    this.#guard.handed();
    const [only = ""] = frames;
    if (this.#takesText && frames.length === 1 && only.length < SHORT) {
      this.#bytes += byteLength(only);
      return only;
    }
    const bytes = encodeFrames(frames);
    this.#bytes += bytes.length;
    return bytes;
  }
}
