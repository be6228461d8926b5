import type { ErrorEvent } from "./events.ts";

/**
 * The base of every error this package makes.
 *
 * `code` is for programs and never changes its meaning; `message` is for people and quotes no payload,
 * so that it may be logged. `cause` is what was thrown underneath, where there was something.
 *
 * @example
 * if (error instanceof SSEError && error.code === 'TRUNCATED') offerToTryAgain()
 */
export class SSEError<Details extends object = object> extends Error {
  readonly code: string;

  /** @param details - `cause`, and the fields that a kind of error has of its own. */
  constructor(code: string, message: string, details?: ErrorOptions & Details) {
    super(message, details);
    this.code = code;
    this.name = new.target.name;
    Object.assign(this, details);
  }
}

export type EncodeErrorCode = "INVALID_FIELD" | "NOT_SERIALISABLE" | "SCHEMA_MISMATCH";

/** A message or event that must not go out. `field` names what was wrong with it. */
export class EncodeError extends SSEError<{ field: string }> {
  declare readonly code: EncodeErrorCode;
  declare readonly field: string;

  constructor(code: EncodeErrorCode, field: string, message: string, options?: ErrorOptions) {
    super(code, message, { ...options, field });
  }
}

export type DecodeErrorCode = "EVENT_TOO_LARGE" | "INVALID_JSON" | "INVALID_EVENT";

/** Bytes or text that are no event. `field` is the path inside the event, where there is one. */
export class DecodeError extends SSEError<{ field?: string | undefined }> {
  declare readonly code: DecodeErrorCode;
  declare readonly field: string | undefined;
}

/** An operation on a queue that had already ended, or on a queue that already has its reader. */
export class QueueClosedError extends SSEError {
  declare readonly code: "QUEUE_CLOSED" | "QUEUE_HAS_READER";
}

/** The reader fell so far behind that an event could not be kept. */
export class QueueOverflowError extends SSEError {
  declare readonly code: "QUEUE_OVERFLOW";

  constructor(message: string) {
    super("QUEUE_OVERFLOW", message);
  }
}

export type StreamCutCode =
  | "READER_LEFT"
  | "STALLED"
  | "LIFETIME_EXCEEDED"
  | "STOPPED"
  | "SHUT_DOWN"
  | "WRITE_FAILED"
  | "TRUNCATED"
  | "DROPPED";

/**
 * The stream ended before its terminal. On the server it is the reason of `stream.signal`
 * (`READER_LEFT`, `STALLED`, `LIFETIME_EXCEEDED`, `STOPPED`, `SHUT_DOWN`, `WRITE_FAILED`); on the client it is what the loop
 * throws (`TRUNCATED`: a clean end of the body without a terminal; `DROPPED`: the transport broke; `STALLED`: nothing
 * came for too long), once coming back is over or was no way.
 */
export class StreamCutError extends SSEError {
  declare readonly code: StreamCutCode;
}

export type LogErrorCode =
  | "LOG_GAP"
  | "LOG_FENCED"
  | "LOG_NOT_FOUND"
  | "LOG_OVERFLOW"
  | "LOG_UNAVAILABLE"
  | "RUN_CONFLICT"
  | "INVALID_CURSOR";

/** What a log's error says to HTTP: a status, and that its message may be told. */
export interface LogErrorDetails {
  readonly status?: number | undefined;
  readonly expose?: boolean | undefined;
  readonly headers?: Record<string, string> | undefined;
}

/**
 * A log refused, or could not keep its word: `LOG_FENCED` (another producer holds it, or it has ended),
 * `LOG_NOT_FOUND`, `LOG_OVERFLOW` (the store was away for longer than what waits may grow), `LOG_UNAVAILABLE` (it is
 * away), `RUN_CONFLICT` (the same key, another request), `INVALID_CURSOR`.
 */
export class LogError<Details extends object = object> extends SSEError<Details & LogErrorDetails> {
  declare readonly code: LogErrorCode;
  declare readonly status: number | undefined;
  declare readonly expose: boolean | undefined;
}

/** What follows `after` is no longer kept: the oldest event that is has the id `oldest`. */
export class LogGapError extends LogError<GapEnds> {
  declare readonly code: "LOG_GAP";
  declare readonly after: string | undefined;
  declare readonly oldest: string;

  constructor(ends: GapEnds) {
    super("LOG_GAP", "a part of the log is no longer kept", ends);
  }
}

interface GapEnds {
  readonly after: string | undefined;
  readonly oldest: string;
}

export type ConnectErrorCode =
  | "CONNECT_FAILED"
  | "CONNECT_TIMEOUT"
  | "CONNECT_REFUSED"
  | "NOT_AN_EVENT_STREAM";

export interface ConnectErrorDetails {
  /** HTTP status, when there was a response. */
  readonly status?: number | undefined;
  /** Which attempt failed, counted from 1. */
  readonly attempt?: number | undefined;
  /** Whether another attempt could go better. */
  readonly retriable: boolean;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The first 65,536 characters of the response's body as text. It is data: the message never quotes it. */
  readonly body?: string | undefined;
}

/** No stream came to be: the network refused, the status was no 200, or the body is no event stream. */
export class ConnectError extends SSEError<ConnectErrorDetails> {
  declare readonly code: ConnectErrorCode;
  declare readonly status: number | undefined;
  declare readonly retriable: boolean;
  declare readonly retryAfterMs: number | undefined;
  declare readonly body: string | undefined;
  declare readonly attempt: number;
}

/** The server told an `error` event: `event` is that event, for the program. The message never quotes it. */
export class RemoteError extends SSEError<{ event: ErrorEvent }> {
  declare readonly code: "REMOTE_ERROR";
  declare readonly event: ErrorEvent;
}
