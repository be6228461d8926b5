import { LogGapError } from "../protocol/errors.ts";
import type { Place } from "../protocol/event-id.ts";
import { follows, placeOf } from "../protocol/event-id.ts";
import { afterOf } from "./feed.ts";
import { checkCursor } from "./refusals.ts";
import type { LogBatch, LogReadOptions, LogStore } from "./store.ts";

/**
 * Reads a log as its store has it, batch by batch, and insists that nothing is missing: for code of yours that has to
 * see every entry. Readers of runs and channels are told of a gap by an event instead.
 *
 * A plain iterator: `return()` and the signal end a `next()` that waits.
 *
 * @param after - The id behind which it begins. Without it: at the first entry that was ever appended.
 * @throws {LogGapError} through the loop, when what comes next is no longer kept.
 * @throws {LogError} `INVALID_CURSOR`, at once; `LOG_NOT_FOUND` through the loop.
 * @example
 * for await (const { entries } of readLog(store, `run/${run.id}`)) archive(entries)
 */
export function readLog(
  store: LogStore,
  streamId: string,
  { after, signal }: LogReadOptions = {},
): AsyncIterableIterator<LogBatch, undefined> {
  let place: Place = checkCursor(after) ?? [0, 0];
  const reading = store.read(streamId, { after, signal });
  const whole: AsyncIterableIterator<LogBatch, undefined> = {
    [Symbol.asyncIterator]: () => whole,
    async next() {
      const { done, value } = await reading.next();
      if (done) return { done: true, value: undefined };
      const oldest = value.entries[0]?.id;
      if (oldest !== undefined && !follows(place, placeOf(oldest) as Place)) {
        await whole.return?.();
        throw new LogGapError({ after: afterOf(place), oldest });
      }
      place = placeOf(value.entries.at(-1)?.id) ?? place;
      return { done: false, value };
    },
    async return() {
      await reading.return?.();
      return { done: true, value: undefined };
    },
  };
  return whole;
}
