import { durationMs, ofKind, optionalFunction, refuse } from "../protocol/options.ts";

/** When, and how often, a reader comes back. */
export interface RetryOptions {
  /**
   * How many attempts in a row may bring nothing new before the reader gives up. Progress is a new event ID, or a
   * connection that brings something, heartbeats too, for longer than half a minute: a connection alone is none. `0`
   * never comes back.
   *
   * @default 10
   */
  attempts?: number | undefined;
  /**
   * What the first wait is drawn from, in milliseconds: anything between 0 and this, then twice as much with every
   * attempt without progress. What the server asks for (`retry:`, `Retry-After`) is waited for in any case, before it.
   *
   * @default 1_000
   */
  reconnectionTimeMs?: number | undefined;
  /** The most that a wait is drawn from, in milliseconds. @default 30_000 */
  maxDelayMs?: number | undefined;
  /**
   * `once`: a request that starts work (any but GET) is sent once, and only a way back that the server or `resume`
   * names is tried. `idempotent`: it may be sent again, since the server knows it by a key of yours.
   *
   * @default "once"
   */
  start?: "once" | "idempotent" | undefined;
  /** Whether a page that nobody sees comes back, too. @default false: it waits until it is seen */
  whileHidden?: boolean | undefined;
  /** Draws from 0 to 1. @default Math.random */
  random?: (() => number) | undefined;
}

/** The options with their defaults, checked. */
export type RetryPolicy = {
  readonly [Option in keyof RetryOptions]-?: NonNullable<RetryOptions[Option]>;
};

/**
 * Fills in the defaults and refuses what no policy can be.
 *
 * @throws {TypeError | RangeError} naming the option.
 */
export function checkRetry(given: RetryOptions | false = {}): RetryPolicy {
  ofKind("retry", "object", given || {});
  const {
    attempts = 10,
    reconnectionTimeMs = 1_000,
    maxDelayMs = 30_000,
    start = "once",
    whileHidden = false,
    random = Math.random,
  } = given || { attempts: 0 };
  if (!(attempts >= 0)) refuse("retry.attempts", "a number of at least 0", attempts);
  durationMs("retry.reconnectionTimeMs", reconnectionTimeMs);
  durationMs("retry.maxDelayMs", maxDelayMs);
  if (!/^(once|idempotent)$/.test(start)) refuse("retry.start", "`once` or `idempotent`", start);
  ofKind("retry.whileHidden", "boolean", whileHidden);
  optionalFunction("retry.random", random);
  return { attempts, reconnectionTimeMs, maxDelayMs, start, whileHidden, random };
}

/**
 * Draws the wait before the next attempt: full jitter, so that the readers of a server that was away do not all come
 * back at once.
 *
 * @param failures - Attempts in a row that brought nothing new.
 * @param askedMs - The reconnection time that the server named.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-reconnection-time
 */
export function drawDelay(policy: RetryPolicy, failures: number, askedMs: number): number {
  const { reconnectionTimeMs, maxDelayMs, random } = policy;
  const base = (askedMs || reconnectionTimeMs) * 2 ** Math.max(0, failures - 1);
  return random() * Math.min(base, maxDelayMs);
}
