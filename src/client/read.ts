import type { GapEvent } from "../protocol/events.ts";
import type { BaseEvents, ReadEvent } from "../protocol/define.ts";
import type { Outcome } from "../protocol/outcome.ts";
import type { ParseOptions } from "../protocol/parse.ts";
import {
  checkShared,
  durationMs,
  ofKind,
  optionalFunction,
  positiveInteger,
  refuse,
} from "../protocol/options.ts";

/** The payload of the `result` event, as its reader gets it. */
export type ReadResult<Set = BaseEvents> =
  Extract<ReadEvent<Set>, { type: "result" }> extends infer Found
    ? string extends keyof Found
      ? { readonly [field: string]: unknown }
      : Omit<Found, "type">
    : never;

/** What a stream came to, on the reader's side. */
export interface ReadEnd<Set = BaseEvents> {
  outcome: Outcome;
  /** The payload of the `result` event, when there was one. */
  result: ReadResult<Set> | undefined;
  /** All `chunk` contents since the last start, joined. */
  text: string;
  /** `false` when a part of the stream was no longer kept by the server when the reader came back: see `gap`. */
  isWhole: boolean;
  /** Why it is not `completed`: what the loop throws, a `RemoteError`, or the reason of the abort. */
  error: unknown;
}

/** Where a stream stands, for whoever shows it. The same object until something has changed. */
export interface StreamSnapshot<Set = BaseEvents> {
  /**
   * `connecting`: a request is out. `open`: a response is here. `waiting`: for the next attempt. `ended`: `outcome`
   * says how. `idle`: nothing was asked for yet.
   */
  readonly state: "idle" | "connecting" | "open" | "waiting" | "ended";
  /** The attempts made, this one included. */
  readonly attempt: number;
  /** When the next attempt is due, in milliseconds since 1970, while `waiting`. */
  readonly retryAt: number | undefined;
  /** Why it waits or came back, or how it ended when that was not `completed`. */
  readonly error: unknown;
  /** Set once it has `ended`. */
  readonly outcome: Outcome | undefined;
  /** The `status` of the last status event. */
  readonly status: string | undefined;
  readonly text: string;
  readonly isWhole: boolean;
  readonly result: ReadResult<Set> | undefined;
}

/** How a stream is read. */
export interface ReadOptions<Set> extends ParseOptions {
  /** The events that the server speaks. @default the built-in union */
  events?: Set | undefined;
  /** Aborts the request and the stream: the loop throws its reason, untouched. */
  signal?: AbortSignal | undefined;
  /**
   * Longest silence of an open connection, in milliseconds: then it counts as dead (`STALLED`). Heartbeats are
   * no silence, and time that the consumer takes is none. `0`: for ever.
   *
   * @default "auto": three heartbeats, as the server announces them or as they are seen to come
   */
  silenceMs?: number | "auto" | undefined;
  /** Subscribers are told of new text at most once in this time, in milliseconds. @default 16 */
  snapshotMs?: number | undefined;
  /** Told of each gap, before the loop is. What it throws ends the stream. */
  onGap?: ((gap: GapEvent) => void) | undefined;
}

/** A stream's place and what was read up to there: what a page keeps over a reload. It can be written as JSON. */
export interface SavedStream {
  /** Where to come back to. */
  readonly url: string;
  readonly lastEventId: string | undefined;
  readonly text: string;
  readonly isWhole: boolean;
}

/**
 * Refuses what no reading can go by, at the door, and answers what its link goes by.
 *
 * @throws {TypeError | RangeError} naming the option.
 */
export function checkReading<Set extends { definitions: { get?: unknown } }>({
  events,
  signal,
  silenceMs = "auto",
  snapshotMs = 0,
  onGap,
  maxEventBytes,
}: ReadOptions<Set>): { silenceMs: number | "auto"; maxEventBytes: number | undefined } {
  checkShared(events, signal);
  if (silenceMs !== "auto") durationMs("silenceMs", silenceMs);
  durationMs("snapshotMs", snapshotMs);
  optionalFunction("onGap", onGap);
  if (maxEventBytes !== undefined) positiveInteger("maxEventBytes", maxEventBytes);
  return { silenceMs, maxEventBytes };
}

/** Refuses what `save()` cannot have answered. */
export function checkSaved(saved: SavedStream): void {
  ofKind("restore", "object", saved);
  const { url, text, lastEventId = "" } = saved;
  for (const value of [url, text, lastEventId]) {
    if (typeof value !== "string") refuse("restore", "what `save()` answered", value);
  }
}
