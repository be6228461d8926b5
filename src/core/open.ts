import { StreamCutError } from "../protocol/errors.ts";
import type { AnyEvent } from "../protocol/events.ts";
import type { Ended, Verdict } from "./life.ts";
import { Life } from "./life.ts";
import type { ExposeError } from "./mask.ts";
import { Outbox } from "./outbox.ts";
import { produce, release } from "./produce.ts";
import type { SessionCore } from "./session.ts";
import { sessionClass } from "./shorthands.ts";
import { ByteSource } from "./source.ts";
import type { CheckedStreamOptions } from "./stream-options.ts";

/** A stream as its transport holds it. Whoever transports says how it went at the end; the first word counts. */
export interface OpenStream {
  /** Where the bytes come from. */
  readonly source: ByteSource;
  /** Starts the producer, the first time it is called. A stream that ended before does not start it. */
  start(): void;
  /** The transport took the last byte. */
  delivered(): void;
  /** The reader left, or somebody aborted: the stream ends as `aborted`. */
  leave(reason: unknown): void;
  /** The transport broke or the reader does not take: the stream ends as `dropped`. */
  drop(reason: unknown): void;
  /** There will be no stream: the request was refused before the head. It ends as `failed`. */
  refuse(reason: unknown): void;
  /** Runs `dispose` when it ends, or at once when it has ended. */
  atEnd(dispose: (verdict: Verdict) => void): void;
  /** How it ended. Never rejects. */
  readonly ended: Promise<Ended>;
}

/**
 * Opens a stream: one session, one buffer, one signal, one end. Its producer runs when the transport starts it:
 * once the head is on its way, so that nothing the producer does can hold it up.
 */
export function openStream(
  options: CheckedStreamOptions,
  producer?: unknown,
  prepared?: unknown,
): OpenStream {
  let isStarted = false;
  const outbox = new Outbox({
    events: options.events,
    bounds: options.queue,
    eventField: options.eventField,
    maxTextLength: options.maxTextLength,
  });
  const life: Life = new Life(() => {
    const { text, textIsWhole, accepted, refused } = session.describe();
    const counts = { accepted, refused, delivered: outbox.taken, bytes: source.bytes };
    return { text, textIsWhole, counts };
  }, options.onEnd);
  const session: SessionCore<AnyEvent> = new (sessionClass(options.events))(outbox, life, {
    exposeError: withLifetimeTold(options.exposeError),
  });
  const source = new ByteSource(outbox, life, {
    heartbeatMs: options.heartbeatMs,
    lifetimeMs: options.lifetimeMs,
    stallMs: options.stallMs,
    onStall: () =>
      life.cut(
        "dropped",
        new StreamCutError("STALLED", `the reader took nothing for ${options.stallMs} ms`),
      ),
    onLifetime: () =>
      session.fail(
        new StreamCutError("LIFETIME_EXCEEDED", `the stream lived for ${options.lifetimeMs} ms`),
      ),
  });
  life.atEnd(() => {
    outbox.cancel();
    // A source that was handed over is released, also when there was never a reader to start it for.
    if (!isStarted) release(producer);
  });
  follow(options.requestSignal, life, (reason) => life.cut("aborted", reason));
  follow(options.signal, life, (reason) => session.stop(reason));
  return {
    source,
    start: () => {
      if (isStarted || life.phase !== "open") return;
      isStarted = true;
      void produce(session, producer, prepared);
    },
    delivered: () => life.delivered(),
    leave: (reason) => life.cut("aborted", reason),
    refuse: (reason) => life.cut("failed", reason),
    drop: (reason) => life.cut("dropped", reason),
    atEnd: (dispose) => life.atEnd(dispose),
    ended: life.ended,
  };
}

function follow(
  signal: AbortSignal | undefined,
  life: Life,
  onAborted: (reason: unknown) => void,
): void {
  if (signal === undefined) return;
  const onAbort = () => onAborted(signal.reason);
  if (signal.aborted) {
    onAbort();
    return;
  }
  signal.addEventListener("abort", onAbort, { once: true });
  life.atEnd(() => signal.removeEventListener("abort", onAbort));
}

/** That a stream was too long may be told to anybody: it is about the stream and not about the work. */
function withLifetimeTold(exposeError: ExposeError | undefined): ExposeError {
  return (error) =>
    error instanceof StreamCutError && error.code === "LIFETIME_EXCEEDED"
      ? { message: "The stream reached its longest lifetime.", code: error.code }
      : exposeError?.(error);
}
