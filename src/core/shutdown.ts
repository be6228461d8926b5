import { SSEError, StreamCutError } from "../protocol/errors.ts";
import { RETRY_AFTER } from "../protocol/http.ts";
import { durationMs } from "../protocol/options.ts";
import { pause } from "./pause.ts";
import type { TickerEntry } from "./ticker.ts";
import { sharedTicker } from "./ticker.ts";

/** What {@link shutdown} takes. */
export interface ShutdownOptions {
  /** Longest time until all streams have ended, in milliseconds. @default 10_000 */
  deadlineMs?: number | undefined;
  /**
   * Is closed to new connections at once. Requests under way have until the deadline; then their connections are closed.
   * A server of `node:http` is one.
   */
  server?: ClosableServer | undefined;
}

/** A server, as far as it is closed. */
export interface ClosableServer {
  close(onClosed: () => void): unknown;
  closeIdleConnections?(): void;
  closeAllConnections?(): void;
}

/** What has something to say to its reader before the process ends. */
export type ShutdownPhase =
  /** Whoever can be continued elsewhere is sent there; what works may finish. */
  | "begin"
  /** The time is up: what still works ends now, and tells so. */
  | "deadline"
  /** Who has not taken that by now is let go. */
  | "over";

/** What a process's copies of this module share: bundlers load modules twice. */
interface Process {
  isShuttingDown: boolean;
  /** What is closed at the end. */
  closing: Set<{ close(): Promise<void> }>;
}

const KEY = Symbol.for("ssekit.shutdown.1");
const shared = globalThis as { [KEY]?: Process };

function process(): Process {
  return (shared[KEY] ??= { isShuttingDown: false, closing: new Set() });
}

/** Whether nothing new is begun. */
export function isShuttingDown(): boolean {
  return shared[KEY]?.isShuttingDown === true;
}

/** The server is about to be replaced: whoever asks comes again. */
export function shuttingDown(): SSEError {
  return new SSEError("SHUTTING_DOWN", "the server shuts down", {
    status: 503,
    expose: true,
    headers: { [RETRY_AFTER]: "1" },
  });
}

/** Why a stream ends with its process. */
export function shutDown(): StreamCutError {
  return new StreamCutError("SHUT_DOWN", "the server shuts down");
}

/** `closable` is closed when the process shuts down, after all streams have ended. */
export function closeAtShutdown(closable: { close(): Promise<void> }): void {
  process().closing.add(closable);
}

/** The last part of the time is for last words. */
const LAST_WORDS_SHARE = 0.2;
const LAST_WORDS_MS = 1_000;
/** How often it is looked whether all have ended. */
const LOOK_MS = 50;

/**
 * Ends all streams of this process, so that it can be replaced: nothing new is accepted, readers of runs and channels are
 * sent away with their cursor and come back elsewhere, what works may finish until the deadline.
 *
 * What is not finished by then ends as `failed` or `aborted`, and its readers are told; who takes nothing is dropped.
 * Stores of `ssekit/log` are closed last. From then on there is no handle left of this package's.
 *
 * @returns Resolves when all have ended, at the deadline at the latest. Never rejects.
 * @throws {RangeError} at once, when `deadlineMs` is no number of milliseconds.
 * @example
 * process.once('SIGTERM', () => void shutdown({ server, deadlineMs: 10_000 }))
 */
export function shutdown({ deadlineMs = 10_000, server }: ShutdownOptions = {}): Promise<void> {
  durationMs("deadlineMs", deadlineMs);
  return endAll(deadlineMs, server);
}

async function endAll(deadlineMs: number, server: ClosableServer | undefined): Promise<void> {
  const state = process();
  state.isShuttingDown = true;
  const until = sharedTicker().now() + deadlineMs;
  const door = { isOpen: server !== undefined };
  server?.close(() => (door.isOpen = false));
  tellAll("begin");
  await allEnded(until - Math.min(deadlineMs * LAST_WORDS_SHARE, LAST_WORDS_MS));
  tellAll("deadline");
  await allEnded(until);
  tellAll("over");
  while (door.isOpen && sharedTicker().now() < until) {
    server?.closeIdleConnections?.();
    await sharedTicker().hold(LOOK_MS);
  }
  server?.closeAllConnections?.();
  await closeAll(state.closing, until);
}

/** One that hangs is not waited for. */
async function closeAll(closing: Process["closing"], until: number): Promise<void> {
  const left = Math.max(LOOK_MS, until - sharedTicker().now());
  const closed = Array.from(closing, (closable) => closable.close());
  await Promise.race([Promise.allSettled(closed), pause(left)]);
}

/** Every stream has its times watched, and is told by whoever watches them. */
function tellAll(phase: ShutdownPhase): void {
  for (const entry of streams()) entry.onShutdown?.(phase);
}

function streams(): TickerEntry[] {
  return sharedTicker()
    .entries()
    .filter(({ onShutdown }) => onShutdown !== undefined);
}

async function allEnded(until: number): Promise<void> {
  while (streams().length > 0 && sharedTicker().now() < until) await sharedTicker().hold(LOOK_MS);
}
