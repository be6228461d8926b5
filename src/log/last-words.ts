import { encodeEvent } from "../protocol/codec.ts";
import { encodeSSE } from "../protocol/encode.ts";
import type { ErrorEvent, GapEvent } from "../protocol/events.ts";
import { ABORTED } from "../protocol/outcome.ts";
import { newEpoch } from "./epoch.ts";
import type { LogInfo, LogStore } from "./store.ts";

// Frames that are told by whoever serves a log, and not by its producer.

const TERMINAL: string = encodeEvent({ type: "done" }, false);
const LOST = errorFrame({
  message: "The work was lost: its producer is gone.",
  code: "PRODUCER_LOST",
});
const STOPPED = errorFrame({ message: "The stream was stopped.", code: ABORTED });
const REVOKED = errorFrame({ message: "You may no longer read this.", code: "UNAUTHORIZED" });
/** A reader that comes back waits for so long at least, and up to three times that: not all come at once. */
const COME_BACK_MS = 500;

function errorFrame(told: Omit<ErrorEvent, "type">): string {
  return encodeEvent({ type: "error", ...told }, false);
}

/** What stood between `after` and `oldest` is no longer kept. */
export function gapFrame(after: string | undefined, oldest: string | undefined): string {
  const gap: GapEvent = {
    type: "gap",
    ...(after !== undefined && { after }),
    ...(oldest !== undefined && { oldest }),
  };
  return encodeEvent(gap, false);
}

/** This connection ends on purpose: the reader comes back elsewhere, or later. */
export function rotateFrame(): string {
  const retry = Math.floor(COME_BACK_MS * (1 + 2 * Math.random()));
  return encodeSSE({ retry, data: { type: "rotate" } });
}

/** What a reader is told whose right to read has ended. */
export const REVOKED_FRAMES: string = REVOKED + TERMINAL;

/** Ends a log whose producer's lease has run out. Answers whether it did. */
export function sealLost(store: LogStore, info: LogInfo): Promise<boolean> {
  return seal(store, info, [LOST, TERMINAL], "failed");
}

/** Ends a log that somebody stops, and that nobody holds any more. Answers whether it did. */
export function sealStopped(store: LogStore, info: LogInfo): Promise<boolean> {
  return seal(store, info, [STOPPED, TERMINAL], "aborted");
}

async function seal(
  store: LogStore,
  { streamId, epoch, isHeld, outcome: ended }: LogInfo,
  frames: string[],
  outcome: "failed" | "aborted",
): Promise<boolean> {
  if (isHeld || ended !== undefined) return false;
  return store.seal(streamId, { epoch: newEpoch(epoch), frames, outcome });
}
