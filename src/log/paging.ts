import type { Place } from "../protocol/event-id.ts";
import { follows, isAfter, placeOf } from "../protocol/event-id.ts";
import type { Outcome } from "../protocol/outcome.ts";
import { afterOf } from "./feed.ts";
import { gapFrame } from "./last-words.ts";
import type { LogBatch, LogEntry, LogStore } from "./store.ts";
import type { Window } from "./window.ts";

/** Entries behind a place, as the store has them. */
export interface Page {
  entries: readonly LogEntry[];
  /** The place that is reached with them. */
  place: Place;
  /** How the log ends with them. */
  outcome: Outcome | undefined;
  /** A frame that tells what is missing before them. */
  gap: string;
}

/** Reads a log in the store, a page at a time, for a reader that is behind. It asks once at a time. */
export class Paging {
  readonly #store: LogStore;
  readonly #streamId: string;
  #asked: AsyncIterator<LogBatch, undefined> | undefined;

  constructor(store: LogStore, streamId: string) {
    this.#store = store;
    this.#streamId = streamId;
  }

  get isAsking(): boolean {
    return this.#asked !== undefined;
  }

  /** The page behind `place`, up to where `window` begins. */
  async ask(place: Place, window: () => Window | undefined): Promise<Page> {
    const asked = this.#store.read(this.#streamId, { after: afterOf(place) });
    this.#asked = asked;
    const { value } = await asked.next();
    this.leave();
    return toPage(value, place, window());
  }

  leave(): void {
    void this.#asked?.return?.();
    this.#asked = undefined;
  }
}

/** What stands in the window is told from there: the window begins where a stretch does. */
function toPage(batch: LogBatch | undefined, before: Place, window: Window | undefined): Page {
  const all = batch?.entries ?? [];
  const entries = window ? all.filter(({ id }) => !isAfter(placed(id), window.start)) : all;
  const isWhole = entries.length === all.length;
  const oldest = entries[0]?.id ?? window?.oldestId ?? all[0]?.id;
  const isNext = oldest === undefined || follows(before, placed(oldest));
  const last = lastOf(entries);
  return {
    entries,
    place: last ?? (isWhole || window === undefined ? before : window.start),
    outcome: batch === undefined ? "completed" : isWhole ? batch.outcome : undefined,
    gap: isNext ? "" : gapFrame(afterOf(before), oldest),
  };
}

function placed(id: string): Place {
  return placeOf(id) as Place;
}

/** The place that is reached with `entries`. */
export function lastOf(entries: readonly LogEntry[]): Place | undefined {
  return placeOf(entries.at(-1)?.id);
}
