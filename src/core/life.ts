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

/** What lives: it lets go of what it holds, and says what it came to. */
export interface Living {
  /** Called first of all at the end, once. */
  letGo(): void;
  describe(): Pick<StreamEnd, "text" | "textIsWhole" | "counts">;
}

/** What happens at a stream's end. */
export interface EndListener {
  onEnded(verdict: Verdict): void;
}

type Phase = "open" | "draining" | "ended";

/** The verdict that stands once the terminal is through. */
export interface Verdict {
  outcome: Outcome;
  error?: unknown;
  errorId?: string;
}

const COMPLETED: Verdict = Object.freeze({ outcome: "completed" });

/**
 * One stream's way from open to ended, and its one signal. It only moves forward, and whichever end comes
 * first is the truth: later ones change nothing.
 */
export class Life {
  /** Made when somebody asks for its signal: most streams are many, and idle. */
  #controller: AbortController | undefined;
  #ended: Promise<Ended> | undefined;
  #tellEnded: ((ended: Ended) => void) | undefined;
  readonly #onEnd: OnEnd | undefined;
  readonly #living: Living;
  #listener: EndListener | undefined;
  #phase: Phase = "open";
  /** What stands once all is through; the end itself once it has come. */
  #verdict: Verdict = COMPLETED;

  constructor(living: Living, onEnd?: OnEnd) {
    this.#living = living;
    this.#onEnd = onEnd;
  }

  /** Settles after the hook did. Never rejects. */
  get ended(): Promise<Ended> {
    return (this.#ended ??= new Promise((resolve) => {
      this.#tellEnded = resolve;
    }));
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** How it ends, once what is held is through; how it ended, after that. */
  get outcome(): Outcome {
    return this.#verdict.outcome;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort(this.#verdict.error);
    }
    return this.#controller.signal;
  }

  /** Work that goes on beside the failed part, or after a cut, has nobody left to work for. */
  get #isAborted(): boolean {
    if (this.#phase === "draining") return this.#verdict.error !== undefined;
    return this.#phase === "ended" && this.#verdict.outcome !== "completed";
  }

  /** Tells `listener` at the end, or at once when that has been. */
  atEnd(listener: EndListener): void {
    if (this.#phase === "ended") listener.onEnded(this.#verdict);
    else this.#listener = this.#listener ? new InTurn(this.#listener, listener) : listener;
  }

  /** Nothing more is accepted; `verdict` stands when all that is held went through. */
  drain(verdict: Verdict): void {
    if (this.#phase !== "open") return;
    this.#phase = "draining";
    this.#verdict = verdict;
    if (this.#isAborted) this.#controller?.abort(verdict.error);
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
    if (this.#isAborted) this.#controller?.abort(error);
    this.#living.letGo();
    this.#listener?.onEnded(verdict);
    this.#listener = undefined;
    void this.#tell(outcome, {
      ...this.#living.describe(),
      ...(error !== undefined && { error }),
      ...(errorId !== undefined && { errorId }),
    });
  }

  async #tell(outcome: Outcome, end: StreamEnd): Promise<void> {
    const ended: Ended = { outcome, ...end };
    try {
      await this.#onEnd?.(outcome, end);
    } catch (hookError) {
      ended.hookError = hookError;
    }
    // Who asks from now on is told, too.
    this.#ended ??= Promise.resolve(ended);
    this.#tellEnded?.(ended);
  }
}

/** Two listeners as one. */
class InTurn implements EndListener {
  readonly #first: EndListener;
  readonly #second: EndListener;

  constructor(first: EndListener, second: EndListener) {
    this.#first = first;
    this.#second = second;
  }

  onEnded(verdict: Verdict): void {
    this.#first.onEnded(verdict);
    this.#second.onEnded(verdict);
  }
}
