import type { EventSet } from "../protocol/define.ts";
import { baseEvents } from "../protocol/define.ts";
import {
  checkShared,
  durationMs,
  ofKind,
  optionalFunction,
  wholeNumber,
} from "../protocol/options.ts";
import { heartbeatInterval } from "./heartbeat.ts";
import type { OnEnd } from "./life.ts";
import type { ExposeError } from "./mask.ts";
import type { CheckedQueueBounds, QueueBounds } from "./bounded-queue.ts";
import { checkQueueBounds } from "./bounded-queue.ts";

/** How a stream behaves, on every host alike. */
export interface StreamOptions<Set = EventSet> {
  /** The events that this stream speaks. @default the built-in union */
  events?: Set | undefined;
  /**
   * Longest silence before a heartbeat is sent, in milliseconds. `0` sends none.
   * Keep it below the idle timeout of every proxy on the way.
   *
   * @default 15_000
   */
  heartbeatMs?: number | undefined;
  /**
   * Longest time that a reader may take nothing of what waits for it, in milliseconds; then the stream ends as
   * `dropped`. `0` waits for ever.
   *
   * @default 60_000
   */
  stallMs?: number | undefined;
  /**
   * Longest life of the stream, in milliseconds; then it ends as `failed`, and the reader is told
   * `LIFETIME_EXCEEDED`. `0` sets no limit.
   *
   * @default 0
   */
  lifetimeMs?: number | undefined;
  /** How much may wait for a slow reader. */
  queue?: QueueBounds | undefined;
  /** Also names each event in the `event` field, for native listeners; never `error`. @default false */
  eventField?: boolean | undefined;
  /** How much of the text of `chunk` events `onEnd` gets, in characters; 0: nothing. @default 1_048_576 */
  maxTextLength?: number | undefined;
  /** Decides what a reader is told about an error. @default a code, a plain sentence and an error id, nothing of the original */
  exposeError?: ExposeError | undefined;
  /** Called exactly once, however the stream ends. */
  onEnd?: OnEnd | undefined;
  /**
   * Stops the stream from outside: what is held flows out, the reader is told `ABORTED`, and the stream ends as
   * `aborted` on both ends. Its reason becomes the reason of `stream.signal`, untouched.
   */
  signal?: AbortSignal | undefined;
}

/** The options with their defaults, checked. */
export interface CheckedStreamOptions {
  events: EventSet;
  heartbeatMs: number;
  stallMs: number;
  lifetimeMs: number;
  queue: CheckedQueueBounds;
  eventField: boolean;
  maxTextLength: number;
  exposeError: ExposeError | undefined;
  onEnd: OnEnd | undefined;
  /** Aborts when the reader has left. */
  requestSignal: AbortSignal | undefined;
  /** Aborts when somebody stops the stream. */
  signal: AbortSignal | undefined;
}

const STANDARD_BOUNDS = checkQueueBounds({});

/**
 * Fills in the defaults and refuses what no stream can have, at the door.
 *
 * @throws {TypeError | RangeError} naming the option, the rule and the value.
 */
export function checkStreamOptions(
  options: StreamOptions<EventSet>,
  requestSignal?: AbortSignal,
): CheckedStreamOptions {
  if (requestSignal !== undefined || Object.keys(options).length > 0) {
    return checked(options, requestSignal);
  }
  // Streams that say nothing share what is said for them.
  return (unsaid ??= checked(options));
}

let unsaid: CheckedStreamOptions | undefined;

function checked(
  {
    events = baseEvents,
    heartbeatMs = 15_000,
    stallMs = 60_000,
    lifetimeMs = 0,
    queue,
    eventField = false,
    maxTextLength = 1024 * 1024,
    exposeError,
    onEnd,
    signal,
  }: StreamOptions<EventSet>,
  requestSignal?: AbortSignal,
): CheckedStreamOptions {
  checkShared(events, signal);
  if (queue !== undefined) ofKind("queue", "object", queue);
  ofKind("eventField", "boolean", eventField);
  heartbeatInterval("heartbeatMs", heartbeatMs);
  durationMs("stallMs", stallMs);
  durationMs("lifetimeMs", lifetimeMs);
  wholeNumber("maxTextLength", maxTextLength);
  optionalFunction("exposeError", exposeError);
  optionalFunction("onEnd", onEnd);
  return {
    events,
    heartbeatMs,
    stallMs,
    lifetimeMs,
    queue: queue === undefined ? STANDARD_BOUNDS : checkQueueBounds(queue),
    eventField,
    maxTextLength,
    exposeError,
    onEnd,
    requestSignal,
    signal,
  };
}
