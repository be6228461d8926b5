import { setTimeout as wait } from "node:timers/promises";

/**
 * Waits, and ends at once with the signal's own reason when it aborts.
 *
 * @param {number} ms - `0` does not wait.
 * @param {AbortSignal} signal
 */
export async function pause(ms, signal) {
  signal.throwIfAborted();
  if (ms === 0) return;
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    // Node wraps the reason into an AbortError; the reason itself tells who left.
    signal.throwIfAborted();
    throw error;
  }
}
