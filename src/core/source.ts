import { toChunk } from "../protocol/bytes.ts";
import { HEARTBEAT_FRAME, openFrame } from "../protocol/comments.ts";
import { afterBurst } from "./burst.ts";
import type { Life } from "./life.ts";
import type { Outbox, OutboxListener } from "./outbox.ts";
import type { TextRun } from "./text-run.ts";
import { sharedTicker } from "./ticker.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Whoever transports the bytes of a stream. */
export interface ByteSink {
  /** Whether a chunk may come as text. */
  readonly takesText: boolean;
  /** Whether an event may come ahead of its burst: not where many have come in this tick already. */
  readonly takesAhead: boolean;
  /**
   * Takes the next bytes; `undefined` is the end. Never throws.
   *
   * @param byteLength - How many bytes a text is, where that is known: as many as it has characters if it is ASCII.
   */
  onChunk(chunk: Bytes | string | undefined, byteLength?: number): void;
}

/** When an event came alone, so many that follow are not waited with. */
const AHEADS = 32;

/**
 * The reader's side of a session: bytes, pulled. Whoever transports them pulls, sends, and pulls again;
 * a pull that is not repeated is how this side learns that the reader is behind.
 */
export class ByteSource implements OutboxListener {
  readonly #outbox: Outbox;
  readonly #life: Life;
  /** When the reader was last given something; at first, when it came. */
  handedAt = sharedTicker().now();
  /** What the opening comment tells; `undefined` once it did. */
  #heartbeatMs: number | undefined;
  /** Who waits for bytes. */
  #sink: ByteSink | undefined;
  #isInBurst = false;
  /** So many events may yet go ahead until it is looked again whether they come one by one. */
  #aheads = 0;
  #bytes = 0;

  constructor(outbox: Outbox, life: Life, heartbeatMs: number) {
    this.#outbox = outbox;
    this.#life = life;
    this.#heartbeatMs = heartbeatMs;
    outbox.listener = this;
  }

  /** Ends it: whoever waits for bytes is told that there are no more. */
  stop(): void {
    this.#tell(undefined);
  }

  get isWaiting(): boolean {
    return this.#sink !== undefined;
  }

  /** How many bytes were handed out. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Hands `sink` the next bytes, always whole frames: the opening comment at once, then all events that
   * wait, up to a batch; a heartbeat after a silence. `undefined` is the end. One at a time.
   */
  take(sink: ByteSink): void {
    this.#sink = sink;
    const heartbeatMs = this.#heartbeatMs;
    if (heartbeatMs !== undefined) {
      this.#heartbeatMs = undefined;
      this.#hand([openFrame(heartbeatMs)]);
    } else if (this.#life.phase !== "open" || !this.#outbox.isEmpty) this.onReadable();
  }

  /** Where events come one by one, the next is handed out as it comes, without a wait for more. */
  get takesAhead(): boolean {
    return this.#aheads > 0 && !this.#isInBurst && this.#sink?.takesAhead === true;
  }

  takeAhead(frame: string): void {
    this.#aheads -= 1;
    try {
      this.#hand([frame]);
    } catch (error) {
      this.#life.cut("failed", error);
    }
  }

  onAdded(): void {
    if (this.#sink !== undefined && !this.#isInBurst) this.#beginBurst(this.#sink.takesAhead);
  }

  /** There is something to take, or it is over. */
  onReadable(): void {
    if (this.#sink === undefined || this.#isInBurst) return;
    if (this.#life.phase === "ended" || this.isDrained) this.#tell(undefined);
    else this.#beginBurst(false);
  }

  /** Only a reader that waits hears a heartbeat: one that is behind has bytes enough on the way. */
  beat(): void {
    if (this.#sink !== undefined && !this.#isInBurst) this.#hand([HEARTBEAT_FRAME]);
  }

  /** Whether the last frame was handed out. The transport tells `Life` when it went through. */
  get isDrained(): boolean {
    return this.#life.phase === "draining" && this.#outbox.isEmpty;
  }

  #beginBurst(mayComeAhead: boolean): void {
    this.#isInBurst = true;
    afterBurst(this.#outbox, () => this.#endBurst(mayComeAhead));
  }

  #endBurst(mayComeAhead: boolean): void {
    this.#isInBurst = false;
    const { taken } = this.#outbox;
    this.#handBatch();
    this.#aheads = mayComeAhead && this.#outbox.taken === taken + 1 ? AHEADS : 0;
  }

  #handBatch(): void {
    try {
      const batch = this.#outbox.takeBatch();
      if (batch.length > 0) this.#hand(batch);
      // It ended meanwhile, or what waited was taken back.
      else if (this.#life.phase !== "open") this.#tell(undefined);
    } catch (error) {
      // Nobody is above to catch it: texts that were joined are longer than the engine's strings.
      this.#life.cut("failed", error);
    }
  }

  #hand(frames: (string | TextRun)[]): void {
    const { data, byteLength } = toChunk(frames, this.#sink?.takesText === true);
    this.#bytes += byteLength;
    this.#tell(data, byteLength);
    // Afterwards: asking the clock takes as long as writing a token.
    this.handedAt = sharedTicker().now();
  }

  #tell(chunk: Bytes | string | undefined, byteLength?: number): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onChunk(chunk, byteLength);
  }
}
