import type { Place } from "../protocol/event-id.ts";
import { placeOf } from "../protocol/event-id.ts";

/** So many ids of foreign servers, and up to twice as many, are remembered, to know a repeated event by. */
const REMEMBERED = 256;

/**
 * What an id says of the event that has it: `repeated`, it was here before; `restarted`, another producer began
 * anew, and what was read of the one before is void.
 */
export type Arrival = "new" | "repeated" | "restarted";

/** The place that a reader has reached in a stream, over all of its connections. */
export interface Cursor {
  /** The last event ID: `undefined` before the first, `''` after an empty one. */
  readonly id: string | undefined;
  /** Moves to `id`, unless that was here before. */
  take(id: string): Arrival;
  /** A new connection begins: from now on, what the earlier ones brought counts as repeated. */
  reconnect(): void;
}

/** Creates a cursor that stands behind `id`. */
export function createCursor(id: string | undefined): Cursor {
  let place = placeOf(id);
  let newest: string[] = [];
  let before = new Set<string>();

  const judge = (next: string, nextPlace: Place | undefined): Arrival => {
    if (before.has(next)) return "repeated";
    if (!place || !nextPlace) return "new";
    const [epoch, sequence] = nextPlace;
    if (epoch < place[0] || (epoch === place[0] && sequence <= place[1])) return "repeated";
    // A log that another producer seals goes on counting: only one that begins anew, or elsewhere, is another.
    return epoch > place[0] && sequence !== place[1] + 1 ? "restarted" : "new";
  };

  const cursor = {
    id,
    take(next: string) {
      const nextPlace = placeOf(next);
      const arrival = judge(next, nextPlace);
      if (arrival === "repeated") return arrival;
      cursor.id = next;
      place = nextPlace;
      // Who gives up its place starts over: what comes again then is wanted.
      if (next === "") newest = [];
      else newest.push(next);
      if (newest.length > 2 * REMEMBERED) newest = newest.slice(-REMEMBERED);
      return arrival;
    },
    reconnect() {
      before = new Set(newest);
    },
  };
  return cursor;
}

/** Creates a cursor that takes every ID as new, however often it comes: what the standard knows. */
export function createPlainCursor(id: string | undefined): Cursor {
  const cursor = {
    id,
    take(next: string): Arrival {
      cursor.id = next;
      return "new";
    },
    reconnect() {},
  };
  return cursor;
}
