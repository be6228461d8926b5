import type { Ended } from "../core/life.ts";
import type { Producer } from "../core/produce.ts";
import type { BaseEvents, EventSet } from "../protocol/define.ts";
import type { Outcome } from "../protocol/outcome.ts";
import type { ReaderRequest, Reply } from "./reply.ts";

/** How a run is started. */
export interface StartOptions {
  /** Names the run for its owner: started again with the same key, it is the same run. @default a new run each time */
  key?: string | undefined;
  /** Whoever it belongs to: others do not find it. */
  owner?: string | undefined;
  /** What was asked for: with the same key and another body, `start` refuses. A value that JSON can hold. */
  body?: unknown;
  /**
   * What becomes of the run when its last reader has left: `continue` works on, `cancel` stops it after `cancelAfterMs`.
   * Readers count where the run is produced.
   *
   * @default "continue"
   */
  onDisconnect?: "continue" | "cancel" | undefined;
  /** Stops the run. Not the request's: the request is not the work. */
  signal?: AbortSignal | undefined;
}

/** Which run, and who asks. */
export interface RunTarget {
  id: string;
  /** Must be the one that it was started with. */
  owner?: string | undefined;
}

/** What is known of a run. */
export interface RunInfo {
  id: string;
  owner: string | undefined;
  /** When it was started, in milliseconds since 1970. */
  startedAt: number;
  /** `lost`: its producer is gone, and nobody has noticed yet but who asks. */
  state: "running" | "ended" | "lost";
  /** How it ended. */
  outcome: Outcome | undefined;
}

/** A run, as whoever started it, or came upon it by its key, holds it. */
export interface Run {
  readonly id: string;
  readonly owner: string | undefined;
  /** Whether this start has started it. */
  readonly isNew: boolean;
  /** How it ended, where it is produced; elsewhere `undefined`. Never rejects. */
  readonly ended: Promise<Ended> | undefined;
  /** Answers a request with the run, from where its reader is. Tells it where to come back (`Content-Location`). */
  respond(request: Request): Promise<Response>;
  /** {@link Run.respond} for adapters. */
  reply(request: ReaderRequest): Promise<Reply>;
  /** See {@link Runs.stop}. */
  stop(): Promise<boolean>;
}

/** Work that is told of while it goes on, and outlives the requests that ask for it. */
export interface Runs<Set extends EventSet = BaseEvents> {
  /**
   * Starts a run, or finds the one that its owner has started with the same key.
   *
   * The producer is the one of `streamEvents`. Its events go to the log, never to a connection: the first reader too
   * reads from there.
   *
   * @throws {LogError} `RUN_CONFLICT` when the key was used for another body; `LOG_UNAVAILABLE`.
   */
  start(producer: Producer<Set>, options?: StartOptions): Promise<Run>;
  /**
   * Answers a request with a run: what stands behind its `Last-Event-ID`, then what comes.
   *
   * 204 when nothing can follow, 404 for what is unknown or another's, 400 for a cursor that is none, 503 while the
   * store is away.
   */
  respond(request: Request, target: RunTarget): Promise<Response>;
  /** {@link Runs.respond} for adapters. */
  reply(request: ReaderRequest, target: RunTarget): Promise<Reply>;
  /**
   * Stops a run, on whichever machine it is produced: its readers are told so.
   *
   * @returns Whether there was something to stop.
   * @throws {LogError} `LOG_NOT_FOUND`, `LOG_UNAVAILABLE`.
   */
  stop(id: string, options?: { owner?: string | undefined }): Promise<boolean>;
  get(id: string, options?: { owner?: string | undefined }): Promise<RunInfo | undefined>;
  /** The runs of an owner, newest first. */
  list(options: { owner: string }): Promise<RunInfo[]>;
  /** Hears no more of stops from elsewhere. Runs go on; the store stays open, it is yours. */
  close(): void;
}
