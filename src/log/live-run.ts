import { GuardedStream } from "../core/guard.ts";
import type { Ended, Living } from "../core/life.ts";
import { Life } from "../core/life.ts";
import { follow } from "../core/follow.ts";
import type { OutgoingStream } from "../core/outgoing.ts";
import { produce } from "../core/produce.ts";
import type { SessionCore } from "../core/session.ts";
import { sessionClass } from "../core/shorthands.ts";
import type { ShutdownPhase } from "../core/shutdown.ts";
import { shutDown } from "../core/shutdown.ts";
import type { TickerEntry } from "../core/ticker.ts";
import { sharedTicker } from "../core/ticker.ts";
import { LogError, StreamCutError } from "../protocol/errors.ts";
import type { AnyEvent } from "../protocol/events.ts";
import { Recorder } from "./recorder.ts";
import type { CheckedRunsOptions } from "./run-options.ts";
import type { Lease } from "./store.ts";

/** What a run is, where it is produced. */
export interface LiveRunGiven {
  id: string;
  owner: string | undefined;
  lease: Lease;
  cancels: boolean;
  /** Stops it when it aborts. */
  signal: AbortSignal | undefined;
}

/** A run in the process that produces it: its session and its record. Readers come and go; it knows how many. */
export class LiveRun extends GuardedStream implements Living {
  readonly given: LiveRunGiven;
  readonly #options: CheckedRunsOptions;
  readonly #recorder: Recorder;
  readonly #life: Life;
  readonly #session: SessionCore<AnyEvent>;
  #readers = 0;
  /** The wait for a reader to come back. */
  readonly #absence: TickerEntry = { onDue: () => this.#onAbsence() };

  constructor(given: LiveRunGiven, options: CheckedRunsOptions) {
    super({ heartbeatMs: 0, stallMs: 0, lifetimeMs: options.lifetimeMs });
    this.given = given;
    this.#options = options;
    this.#life = new Life(this, (outcome, end) => {
      const { id, owner } = given;
      return options.onEnd?.(outcome, { ...end, id, owner, latest: this.#recorder.latest });
    });
    this.#recorder = new Recorder(options.store, given.lease, options, this.#life);
    const Session = sessionClass(options.events);
    this.#session = new Session(this.#recorder, this.#life, options.exposeError);
    follow(given.signal, this.#life, (reason) => this.stop(reason));
  }

  /** How it ended, once the log has the terminal. Never rejects. */
  get ended(): Promise<Ended> {
    return this.#life.ended;
  }

  start(producer: unknown): void {
    produce(this.#session, producer, undefined);
  }

  /** Ends it on purpose: readers are told so. */
  stop(reason: unknown = new StreamCutError("STOPPED", "the run was stopped")): void {
    this.#session.stop(reason);
  }

  /** The store has given its log to somebody else, or has ended it. */
  lose(): void {
    this.#life.cut("dropped", new LogError("LOG_FENCED", "the lease was lost"));
  }

  atEnd(onEnded: () => void): void {
    this.#life.atEnd({ onEnded });
  }

  /** A reader has come, here. */
  addReader(reader: OutgoingStream): void {
    this.#readers += 1;
    sharedTicker().remove(this.#absence);
    reader.atEnd({ onEnded: () => this.#removeReader() });
  }

  #removeReader(): void {
    this.#readers -= 1;
    if (this.#readers > 0 || !this.given.cancels || this.#life.phase !== "open") return;
    sharedTicker().add(this.#absence, sharedTicker().now() + this.#options.cancelAfterMs);
  }

  #onAbsence(): undefined {
    this.stop(new StreamCutError("READER_LEFT", "the last reader left"));
  }

  /** It has no reader of its own to be watched: those of its log are. */
  get isWaiting(): true {
    return true;
  }

  get handedAt(): number {
    return 0;
  }

  onSilence(): void {}

  onStall(): void {}

  onLifetime(lifetimeMs: number): void {
    this.#session.fail(
      new StreamCutError("LIFETIME_EXCEEDED", `the run lived for ${lifetimeMs} ms`),
    );
  }

  /** It may finish while there is time: its readers have gone elsewhere. */
  onShutdown(phase: ShutdownPhase): void {
    if (phase === "deadline") this.#session.fail(shutDown());
    else if (phase === "over") this.#life.cut("dropped", shutDown());
  }

  letGo(): void {
    this.unguard();
    sharedTicker().remove(this.#absence);
    this.#recorder.cancel();
  }

  describe(): ReturnType<Living["describe"]> {
    const { text, textIsWhole, accepted, refused } = this.#session.describe();
    const { recorded, bytes } = this.#recorder;
    return { text, textIsWhole, counts: { accepted, refused, delivered: recorded, bytes } };
  }
}
