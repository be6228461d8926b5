import type { Outcome } from "../protocol/outcome.ts";

/** One recorded event. */
export interface LogEntry {
  /** `<epoch>-<seq>`. */
  readonly id: string;
  /** Its frame, without the line of its id. */
  readonly frame: string;
}

/** Neighbouring entries of a log, oldest first. */
export interface LogBatch {
  readonly entries: readonly LogEntry[];
  /** Set when the log has ended with the last of them: how. Nothing follows. */
  readonly outcome: Outcome | undefined;
}

/** How much of a log is kept, and for how long. The newest entry always is. */
export interface Retention {
  /** Most entries. The oldest go first. @default 100_000 */
  maxEvents: number;
  /**
   * Most text of all entries, in UTF-16 units; a store may count the bytes of UTF-8 instead, which are no fewer.
   *
   * @default 16_777_216 (16 MiB)
   */
  maxBytes: number;
  /**
   * How long the whole log is kept after its last event, in milliseconds. A log that is held is kept in any case.
   *
   * @default an hour for a run, a day for a channel
   */
  maxAgeMs: number;
}

/** What a log begins with. */
export interface NewLog {
  /** The producer's start, in milliseconds since 1970: the first part of its entries' ids. */
  epoch: number;
  retention: Retention;
  /** How long the producer holds the log without a sign of life; 0: nobody holds it, as with a channel. */
  leaseMs: number;
  /** Whoever it belongs to: what `list` finds it by. */
  owner?: string | undefined;
  /** What tells two requests of the same key apart. */
  fingerprint?: string | undefined;
}

/** What is known of a log beside its entries. */
export interface LogInfo {
  readonly streamId: string;
  readonly owner: string | undefined;
  readonly fingerprint: string | undefined;
  /** The epoch that it was created with. */
  readonly epoch: number;
  /** How it ended; `undefined` while it goes on. */
  readonly outcome: Outcome | undefined;
  /** Whether its producer's lease holds. */
  readonly isHeld: boolean;
  /** The newest entry's id. */
  readonly lastId: string | undefined;
}

/** Entries of the one producer that holds a log. */
export interface Append {
  epoch: number;
  /** The number of the first frame; the others follow. */
  sequence: number;
  /** At least one. */
  frames: readonly string[];
  /** Set when the log ends with the last of them. */
  outcome?: Outcome | undefined;
}

/** Entries of one of many publishers: the store numbers them. */
export interface Publication {
  /** Who publishes: a name of its own for each process. */
  publisher: string;
  /** How many frames this publisher has published before these: what is said twice is kept once. */
  published: number;
  frames: readonly string[];
}

/** The last words on a log whose producer is gone. */
export interface Seal {
  /** Newer than the epoch of everybody before. */
  epoch: number;
  /** The terminal is the last. */
  frames: readonly string[];
  outcome: Outcome;
}

/** What a producer holds: nobody ends its log while it shows that it lives. */
export interface Lease {
  streamId: string;
  epoch: number;
  /** From now on, in milliseconds. */
  leaseMs: number;
}

/** Where a reading begins, and when it ends. */
export interface LogReadOptions {
  /** The id behind which it begins. @default at the oldest entry that is kept */
  after?: string | undefined;
  /** Ends it, without a throw. */
  signal?: AbortSignal | undefined;
}

/**
 * Where logs are kept. `storeContract` of `ssekit/testing` defines it: whatever passes is a store.
 *
 * Every method may reject with a {@link LogError} `LOG_UNAVAILABLE` while the store is away. None throws at once.
 */
export interface LogStore {
  /** Creates the log, unless there is one of that name: then that is answered, as it is. One of many callers wins. */
  create(streamId: string, log: NewLog): Promise<{ info: LogInfo; isNew: boolean }>;
  /**
   * Appends entries, all or none, in order. What is there already, by the same producer, is skipped: an append whose
   * answer was lost may be repeated, alone or with more behind it. Whoever appends waits for the answer before the next.
   *
   * @throws {LogError} `LOG_FENCED` when the log is another epoch's, has ended, or lacks what was before; `LOG_NOT_FOUND`.
   */
  append(streamId: string, append: Append): Promise<void>;
  /**
   * Appends entries of one of many publishers, numbered here. Said again by the same publisher, they are kept once.
   *
   * @throws {LogError} `LOG_FENCED` when the log has ended; `LOG_NOT_FOUND`.
   */
  publish(streamId: string, publication: Publication): Promise<void>;
  /**
   * Ends a log whose producer's lease has run out, with its last words under a newer epoch: they go on counting.
   *
   * @returns Whether it did: not when it is held, has ended, or is not there.
   */
  seal(streamId: string, seal: Seal): Promise<boolean>;
  /**
   * Renews the leases of logs that nobody else has written to since they were created with that epoch; one that has run
   * out meanwhile is taken again.
   *
   * @returns Those that are lost for good: they have ended, or are gone.
   */
  renew(leases: readonly Lease[]): Promise<string[]>;
  /**
   * Reads what stands behind `after`, then what is appended, to the end of the log: at the seam nothing is lost or
   * doubled. A plain iterator: `return()` settles the `next()` that waits. What is no longer kept is left out; the
   * ids tell.
   *
   * @throws {LogError} `LOG_NOT_FOUND`, also when it is removed meanwhile.
   */
  read(streamId: string, options?: LogReadOptions): AsyncIterableIterator<LogBatch, undefined>;
  info(streamId: string): Promise<LogInfo | undefined>;
  /** The logs of an owner, newest first. */
  list(owner: string): Promise<LogInfo[]>;
  /** Whether there was one. */
  remove(streamId: string): Promise<boolean>;
  /** Asks whoever produces this log, wherever that is, to stop. */
  requestStop(streamId: string): Promise<void>;
  /** Tells `listener` of each such request. @returns Ends that. */
  onStopRequest(listener: (streamId: string) => void): () => void;
  /** Lets go of what it holds: connections that are its own; readings, which end as by `return()`. */
  close(): Promise<void>;
}
