import type { Outcome } from "../protocol/outcome.ts";

/** What a stream came to, as the server's hook gets it. */
export interface StreamEnd {
  /** The text of all `chunk` events that were accepted, also when the stream was cut. */
  text: string;
  /** `false` when there was more text than `maxTextLength`. */
  textIsWhole: boolean;
  counts: StreamCounts;
  /** The original of what went wrong: a thrown error, the reason of an abort. */
  error?: unknown;
  /** What the reader was told to quote, when it was told of an error. */
  errorId?: string;
}

export interface StreamCounts {
  /** Events that `send` accepted, the result and an error included, the terminal not. */
  accepted: number;
  /** Events that `send` refused: after the end, or `droppable` ones under pressure. */
  refused: number;
  /** Frames that were handed to the transport; neighbours that were merged count once. */
  delivered: number;
  /** Bytes that were handed to the transport, comments included. */
  bytes: number;
}

/** The server's hook. It may be async; what it throws is told in {@link Ended.hookError} and goes nowhere else. */
export type OnEnd = (outcome: Outcome, end: StreamEnd) => unknown;

/** A stream's end, for whoever holds the server's side of it. */
export interface Ended extends StreamEnd {
  outcome: Outcome;
  /** What `onEnd` threw. */
  hookError?: unknown;
}

type Describe = () => Pick<StreamEnd, "text" | "textIsWhole" | "counts">;
type Phase = "open" | "draining" | "ended";

/** The verdict that stands once the terminal is through. */
export interface Verdict {
  outcome: Outcome;
  error?: unknown;
  errorId?: string;
}

/**
 * One stream's way from open to ended, and its one signal. It only moves forward, and whichever end comes
 * first is the truth: later ones change nothing.
 */
export class Life {
  readonly #controller = new AbortController();
  readonly #ended = Promise.withResolvers<Ended>();
  readonly #onEnd: OnEnd | undefined;
  readonly #describe: Describe;
  readonly #disposers: Array<(verdict: Verdict) => void> = [];
  #phase: Phase = "open";
  /** What stands once all is through; the end itself once it has come. */
  #verdict: Verdict = { outcome: "completed" };

  constructor(describe: Describe, onEnd?: OnEnd) {
    this.#describe = describe;
    this.#onEnd = onEnd;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Settles after the hook did. Never rejects. */
  get ended(): Promise<Ended> {
    return this.#ended.promise;
  }

  /** Runs `dispose` at the end, or at once when that has been. */
  atEnd(dispose: (verdict: Verdict) => void): void {
    if (this.#phase === "ended") dispose(this.#verdict);
    else this.#disposers.push(dispose);
  }

  /** Nothing more is accepted; `verdict` stands when all that is held went through. */
  drain(verdict: Verdict): void {
    if (this.#phase !== "open") return;
    this.#phase = "draining";
    this.#verdict = verdict;
    // Work that goes on beside the failed part has nobody left to work for.
    if (verdict.error !== undefined) this.#controller.abort(verdict.error);
  }

  /** Everything went through: the verdict is the outcome. */
  delivered(): void {
    if (this.#phase === "draining") this.#end(this.#verdict);
  }

  /** The stream is cut here. */
  cut(outcome: "aborted" | "dropped" | "failed", reason: unknown): void {
    this.#end({ outcome, error: reason });
  }

  #end(verdict: Verdict): void {
    if (this.#phase === "ended") return;
    const { outcome, error, errorId } = verdict;
    this.#phase = "ended";
    this.#verdict = verdict;
    if (outcome !== "completed") this.#controller.abort(error);
    for (const dispose of this.#disposers.splice(0)) dispose(verdict);
    void this.#tell(outcome, {
      ...this.#describe(),
      ...(error !== undefined && { error }),
      ...(errorId !== undefined && { errorId }),
    });
  }

  async #tell(outcome: Outcome, end: StreamEnd): Promise<void> {
    try {
      await this.#onEnd?.(outcome, end);
      this.#ended.resolve({ outcome, ...end });
    } catch (hookError) {
      this.#ended.resolve({ outcome, ...end, hookError });
    }
  }
}
