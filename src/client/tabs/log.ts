import type { AnyEvent } from "../../protocol/events.ts";

/** One event as it is told: with the ID of its message, where it had one of its own. */
export interface Entry {
  readonly event: AnyEvent;
  readonly id?: string | undefined;
}

/** What stands behind a place in the log. */
export interface Missed {
  /** What was read before is void. */
  readonly isReset: boolean;
  /** What came first is no longer kept. */
  readonly isGap: boolean;
  readonly entries: readonly Entry[];
  /** The place behind the last of the entries. */
  readonly next: number;
}

/** The newest events of a stream, in one tab: whoever reads has a place in it, and may fall off its beginning. */
export interface SharedLog {
  /** How many events there ever were: the place behind the last one. */
  readonly end: number;
  append(entry: Entry): void;
  /** The place behind the newest event with this ID, if it is kept. */
  find(id: string): number | undefined;
  /** What stands behind the place `from`, at most so many; `undefined` is a reader that has nothing yet. */
  read(from: number | undefined, most?: number): Missed;
}

/** Creates a log that keeps the last `limit` events. A `reset` makes it forget what was before. */
export function createSharedLog(limit: number): SharedLog {
  let slots: Entry[] = [];
  let end = 0;
  /** The place behind the last `reset`. */
  let origin = 0;
  return {
    get end() {
      return end;
    },
    append(entry) {
      end += 1;
      if (entry.event.type !== "reset") {
        slots[end % limit] = entry;
        return;
      }
      slots = [];
      origin = end;
    },
    find(id) {
      for (let place = end; place > Math.max(origin, end - limit); place -= 1) {
        if (slots[place % limit]?.id === id) return place;
      }
      return undefined;
    },
    read(from, most = limit) {
      const first = Math.max(origin, end - limit);
      const begin = Math.max(from ?? 0, origin);
      const start = Math.min(Math.max(begin, first), end);
      const next = Math.min(start + most, end);
      const entries: Entry[] = [];
      for (let place = start + 1; place <= next; place += 1) {
        entries.push(slots[place % limit] as Entry);
      }
      const isReset = from !== undefined && from < origin;
      return { isReset, isGap: begin < first, entries, next };
    },
  };
}
