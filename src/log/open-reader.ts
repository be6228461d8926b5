import type { Place } from "../protocol/event-id.ts";
import { joinFeed } from "./feeds.ts";
import { LogReader } from "./reader.ts";
import type { CheckedReaderOptions } from "./reader-options.ts";
import type { ReaderRequest, Reply } from "./reply.ts";
import { startRevalidation } from "./revalidation.ts";
import type { LogInfo, LogStore } from "./store.ts";

/** What is opened, and for whom. */
export interface Opening {
  store: LogStore;
  info: LogInfo;
  /** What its reader knows it by. */
  id: string;
  request: ReaderRequest;
  options: CheckedReaderOptions;
  /** See `joinFeed`. */
  leaseMs: number;
  /** What the reader has. */
  place: Place;
  /** Frames that it is told first. */
  opening?: string;
  headers?: Record<string, string>;
}

/** Readers that came together do not leave together: each stays up to so much shorter than the longest life. */
const SPREAD = 0.1;

/** Opens a reader of a log, and answers with its stream. */
export function openReader(given: Opening): Reply & { stream: LogReader } {
  const { store, info, id, request, options, leaseMs, place, opening = "", headers = {} } = given;
  const feed = info.outcome === undefined ? joinFeed(store, info, leaseMs) : undefined;
  const { rotateAfterMs } = options;
  const lifetimeMs = rotateAfterMs * (1 - SPREAD * Math.random());
  const times = rotateAfterMs === 0 ? options.times : { ...options.times, lifetimeMs };
  const reading = { store, streamId: info.streamId, feed, place, opening, signal: request.signal };
  const stream = new LogReader(reading, times);
  if (options.revalidate !== undefined) {
    startRevalidation(stream, { id, owner: info.owner, request }, options);
  }
  return { status: 200, headers, stream };
}
