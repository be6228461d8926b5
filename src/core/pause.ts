import type { TickerEntry } from "./ticker.ts";
import { sharedTicker } from "./ticker.ts";

/** The waits between attempts at one thing: as long as this at first, and never longer than that. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Waits for `ms`, or until `signal` aborts. It keeps no process alive. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const ticker = sharedTicker();
    const end = () => {
      signal?.removeEventListener("abort", end);
      ticker.remove(entry);
      resolve();
    };
    const onDue = () => {
      end();
      return undefined;
    };
    const entry: TickerEntry = { onDue, slot: undefined };
    signal?.addEventListener("abort", end);
    ticker.add(entry, ticker.now() + ms);
  });
}

/** How long to wait before the next attempt: full jitter, so that those who wait do not all come at once. */
export function drawPause(failures: number): number {
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
}
