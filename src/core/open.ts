import { StreamCutError } from "../protocol/errors.ts";
import type { AnyEvent } from "../protocol/events.ts";
import { GuardedStream } from "./guard.ts";
import type { Ended, EndListener, Living } from "./life.ts";
import { Life } from "./life.ts";
import { follow } from "./follow.ts";
import { Outbox } from "./outbox.ts";
import type { OutgoingStream } from "./outgoing.ts";
import { produce, release } from "./produce.ts";
import type { ShutdownPhase } from "./shutdown.ts";
import { shutDown } from "./shutdown.ts";
import type { SessionCore } from "./session.ts";
import { sessionClass } from "./shorthands.ts";
import type { ByteSink } from "./source.ts";
import { ByteSource } from "./source.ts";
import type { CheckedStreamOptions } from "./stream-options.ts";

/**
 * A stream as its transport holds it: one session, one buffer, one signal, one end.
 *
 * Its producer runs when the transport starts it: once the head is on its way, so that nothing the producer does can
 * hold it up. Whoever transports says how it went at the end; the first word counts.
 */
export class OpenStream extends GuardedStream implements OutgoingStream, Living {
  readonly #source: ByteSource;
  readonly #outbox: Outbox;
  readonly #life: Life;
  readonly #session: SessionCore<AnyEvent>;
  /** What is to be started; `undefined` once it was. */
  #work: Work | undefined;

  constructor(options: CheckedStreamOptions, producer?: unknown, prepared?: unknown) {
    super(options);
    this.#work = { producer, prepared };
    this.#outbox = new Outbox(options);
    this.#life = new Life(this, options.onEnd);
    this.#session = new (sessionClass(options.events))(
      this.#outbox,
      this.#life,
      options.exposeError,
    );
    this.#source = new ByteSource(this.#outbox, this.#life, options.heartbeatMs);
    follow(options.requestSignal, this.#life, (reason) => this.leave(reason));
    follow(options.signal, this.#life, (reason) => this.#session.stop(reason));
  }

  /** How it ended. Never rejects. */
  get ended(): Promise<Ended> {
    return this.#life.ended;
  }

  get isDrained(): boolean {
    return this.#source.isDrained;
  }

  take(sink: ByteSink): void {
    this.#source.take(sink);
  }

  atEnd(listener: EndListener): void {
    this.#life.atEnd(listener);
  }

  /** Starts the producer, the first time it is called. A stream that ended before does not start it. */
  start(): void {
    const work = this.#work;
    if (work === undefined || this.#life.phase !== "open") return;
    this.#work = undefined;
    produce(this.#session, work.producer, work.prepared);
  }

  delivered(): void {
    this.#life.delivered();
  }

  /** The reader left, or somebody aborted: the stream ends as `aborted`. */
  leave(reason: unknown): void {
    this.#life.cut("aborted", reason);
  }

  /** There will be no stream: the request was refused before the head. It ends as `failed`. */
  refuse(reason: unknown): void {
    this.#life.cut("failed", reason);
  }

  /** The transport broke or the reader does not take: the stream ends as `dropped`. */
  drop(reason: unknown): void {
    this.#life.cut("dropped", reason);
  }

  get isWaiting(): boolean {
    return this.#source.isWaiting;
  }

  get handedAt(): number {
    return this.#source.handedAt;
  }

  onSilence(): void {
    this.#source.beat();
  }

  onStall(stallMs: number): void {
    this.drop(new StreamCutError("STALLED", `the reader took nothing for ${stallMs} ms`));
  }

  onLifetime(lifetimeMs: number): void {
    this.#session.fail(
      new StreamCutError("LIFETIME_EXCEEDED", `the stream lived for ${lifetimeMs} ms`),
    );
  }

  /** It works on while there is time: nobody else could go on with it. */
  onShutdown(phase: ShutdownPhase): void {
    if (phase === "deadline") this.#session.stop(shutDown());
    else if (phase === "over") this.drop(shutDown());
  }

  letGo(): void {
    this.unguard();
    this.#source.stop();
    this.#outbox.cancel();
    // A source that was handed over is released, also when there was never a reader to start it for.
    if (this.#work) release(this.#work.producer);
  }

  describe(): ReturnType<Living["describe"]> {
    const { text, textIsWhole, accepted, refused } = this.#session.describe();
    const { bytes } = this.#source;
    return {
      text,
      textIsWhole,
      counts: { accepted, refused, delivered: this.#outbox.taken, bytes },
    };
  }
}

interface Work {
  producer: unknown;
  prepared: unknown;
}
