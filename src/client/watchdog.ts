import { after } from "./timer.ts";
import { announcedHeartbeatMs } from "../protocol/comments.ts";

/** So many heartbeats must be missing before a connection counts as dead. */
const MISSED_BEATS = 3;
/** A timer that fires later than this was held up with everything else: the page was frozen, the machine asleep. */
const LATE_MS = 1_000;
/** No shorter silence is a sign of anything: networks pause. */
const SHORTEST_MS = 1_000;

/** Watches one connection for silence. What counts is bytes: heartbeats too. */
export interface Watchdog {
  /** A comment came. */
  onComment: (text: string) => void;
  /** Calls `onSilence` unless the returned function is called in time: bytes have come. */
  watch: (onSilence: (silenceMs: number) => void) => () => void;
}

/**
 * Creates the watchdog of one connection.
 *
 * @param silenceMs - Longest silence; 0: for ever; `auto`: three heartbeats, as the server announces them or as they
 * are seen to come. Of a server that does neither, silence says nothing.
 */
export function createWatchdog(silenceMs: number | "auto"): Watchdog {
  let beatMs: number | undefined;
  let learntMs = 0;
  let pauses = 0;
  let commentAt: number | undefined;

  return {
    onComment(text) {
      beatMs = announcedHeartbeatMs(text) ?? beatMs;
      // From comment to comment, whatever comes between: some servers beat among their events, too, and what they
      // promise of a silence is that beat. Comments that come together are no beat.
      const now = Date.now();
      const pauseMs = now - (commentAt ?? now);
      commentAt = now;
      if (pauseMs < SHORTEST_MS) return;
      learntMs = Math.max(learntMs, pauseMs);
      pauses += 1;
    },
    watch(onSilence) {
      const auto = MISSED_BEATS * (beatMs ?? (pauses > 1 ? learntMs : 0));
      const limit = silenceMs === "auto" ? auto && Math.max(auto, SHORTEST_MS) : silenceMs;
      if (limit === 0) return () => {};
      const wait = (ms: number, dueAt: number): (() => void) =>
        after(ms, () => {
          // What came meanwhile has yet to be read: it gets half of the time again.
          if (Date.now() - dueAt > LATE_MS) cancel = wait(limit / 2, Date.now() + limit / 2);
          else onSilence(limit);
        });
      let cancel = wait(limit, Date.now() + limit);
      return () => cancel();
    },
  };
}
