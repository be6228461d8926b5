import type { GuardOptions } from "../core/guard.ts";
import { heartbeatInterval } from "../core/heartbeat.ts";
import { durationMs, optionalFunction, positiveInteger } from "../protocol/options.ts";
import type { ReaderRequest } from "./reply.ts";

/** Who reads: what {@link ReaderOptions.revalidate} decides by. */
export interface LogReaderInfo {
  /** The run, or the channel. */
  readonly id: string;
  readonly owner: string | undefined;
  /** As it was when it was answered. */
  readonly request: ReaderRequest;
}

/** How readers of a log are served, on every host alike. */
export interface ReaderOptions {
  /** Longest silence before a heartbeat is sent, in milliseconds. `0` sends none. @default 15_000 */
  heartbeatMs?: number | undefined;
  /** Longest time that a reader may take nothing of what waits for it, in milliseconds. `0` waits for ever. @default 60_000 */
  stallMs?: number | undefined;
  /**
   * Longest life of a connection, in milliseconds: before the platform cuts it, the reader is told to come back, and
   * does so with its cursor. About: readers that came together do not leave together. `0` sets no limit.
   *
   * @default 0
   */
  rotateAfterMs?: number | undefined;
  /**
   * Asked on an interval whether a reader may go on reading. `false` ends it: it is told `UNAUTHORIZED`. When it throws,
   * the reader is sent to the door once more, as with `rotateAfterMs`.
   */
  revalidate?: ((reader: LogReaderInfo) => boolean | PromiseLike<boolean>) | undefined;
  /** How often `revalidate` is asked, in milliseconds. @default 60_000 */
  revalidateMs?: number | undefined;
}

/** The options with their defaults, checked. */
export interface CheckedReaderOptions {
  heartbeatMs: number;
  stallMs: number;
  rotateAfterMs: number;
  /** What is watched of a connection, without its longest life. Shared by all that have none. */
  times: GuardOptions;
  revalidate: ReaderOptions["revalidate"];
  revalidateMs: number;
}

/** @throws {TypeError | RangeError} naming the option, the rule and the value. */
export function checkReaderOptions({
  heartbeatMs = 15_000,
  stallMs = 60_000,
  rotateAfterMs = 0,
  revalidate,
  revalidateMs = 60_000,
}: ReaderOptions): CheckedReaderOptions {
  heartbeatInterval("heartbeatMs", heartbeatMs);
  durationMs("stallMs", stallMs);
  durationMs("rotateAfterMs", rotateAfterMs);
  positiveInteger("revalidateMs", revalidateMs);
  optionalFunction("revalidate", revalidate);
  const times = { heartbeatMs, stallMs, lifetimeMs: 0 };
  return { heartbeatMs, stallMs, rotateAfterMs, times, revalidate, revalidateMs };
}
