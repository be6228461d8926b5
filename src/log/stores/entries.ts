import type { Place } from "../../protocol/event-id.ts";
import { isAfter, placeOf } from "../../protocol/event-id.ts";
import type { Outcome } from "../../protocol/outcome.ts";
import type { LogBatch, LogEntry } from "../store.ts";

// What stores that hold entries in a list do with it.

/** A batch is full with so many entries, or with so much text. */
const BATCH_ENTRIES = 256;
const BATCH_LENGTH = 64 * 1024;

/** The batch that begins at `slot`, up to one that is full. `outcome`: how the log ends with the last of all, if it does. */
export function batchAt(
  entries: readonly LogEntry[],
  slot: number,
  outcome: Outcome | undefined,
): LogBatch {
  let end = slot;
  let length = 0;
  while (end < entries.length && end - slot < BATCH_ENTRIES && length < BATCH_LENGTH) {
    length += (entries[end] as LogEntry).frame.length;
    end += 1;
  }
  const isLast = end === entries.length;
  return { entries: entries.slice(slot, end), outcome: isLast ? outcome : undefined };
}

/**
 * The slot of the oldest entry behind `place`, from slot `first` on: their ids grow. It looks from the newest on, in
 * ever longer steps: most who ask stand near the end.
 */
export function slotBehind(entries: readonly LogEntry[], place: Place, first = 0): number {
  const isBehind = (slot: number) => isAfter(placeOf(entries[slot]?.id) as Place, place);
  let high = entries.length;
  let low = high - 1;
  for (let step = 1; low >= first && isBehind(low); step *= 2) {
    high = low;
    low = high - step;
  }
  low = Math.max(first, low + 1);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
