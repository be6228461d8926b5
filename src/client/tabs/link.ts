import { RemoteError } from "../../protocol/errors.ts";
import { createCursor } from "../cursor.ts";
import type { EventListener } from "../event-stream.ts";
import type { Link } from "../link.ts";
import type { Record } from "./record.ts";
import { gapEvent } from "./record.ts";
import type { SharedEnd } from "./wire.ts";

/** How many events a loop is handed at once: what it has yet to take of them is held beside the log. */
const HANDED = 64;

/**
 * Creates one loop's link to what its tab knows: a place in the log.
 *
 * @param leave - Called when the loop leaves before the end.
 */
export function createTabLink(record: Record, told: EventListener, leave: () => void): Link {
  let place: number | undefined;
  let lastId: string | undefined;
  let isClosed = false;
  let isAtEnd = false;
  let wake: (() => void) | undefined;
  let forget: (() => void) | undefined;
  let toldFacts = record.facts;

  const tellFacts = () => {
    const { state, error, retryAt } = record.facts;
    told.onState(state, error, retryAt);
  };
  const onChange = () => {
    if (toldFacts !== record.facts) {
      toldFacts = record.facts;
      tellFacts();
    }
    wake?.();
  };
  /** Hands on what stands behind the loop's place; answers whether anything does. */
  const hand = (): boolean => {
    const { isReset, isGap, entries, next } = record.log.read(place, HANDED);
    if (isReset) told.onReset();
    if (isGap) told.onEvent(gapEvent(lastId, entries[0]?.id));
    for (const { event, id } of entries) {
      lastId = id ?? lastId;
      told.onEvent(event, id);
    }
    place = next;
    return isReset || isGap || entries.length > 0;
  };
  const finish = ({ outcome, error }: SharedEnd) => {
    isAtEnd = true;
    const isThrown = error !== undefined && outcome !== "aborted";
    if (isThrown && !(error instanceof RemoteError)) throw error;
    told.onEnd({ outcome, error });
  };

  return {
    cursor: createCursor(undefined),
    get attempt() {
      return record.facts.attempt;
    },
    // Tells a network that went away in the middle from a server that never was there.
    get wasOpen() {
      return record.end?.outcome === "dropped";
    },
    start() {
      if (isClosed) return;
      forget = record.watch(onChange);
      tellFacts();
    },
    async pull() {
      for (;;) {
        if (isClosed || hand()) return;
        if (record.end) return finish(record.end);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    rotate() {},
    close() {
      isClosed = true;
      forget?.();
      wake?.();
      // A loop that has been told how it ended has not left: who comes later is told, too.
      if (!isAtEnd && !told.isOver?.(undefined)) leave();
    },
  };
}
