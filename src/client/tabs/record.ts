import type { GapEvent } from "../../protocol/events.ts";
import type { Cursor } from "../cursor.ts";
import { createCursor } from "../cursor.ts";
import type { Entry, SharedLog } from "./log.ts";
import { createSharedLog } from "./log.ts";
import type { Facts, SharedEnd } from "./wire.ts";

/** What one tab knows of the stream, whoever leads. */
export interface Record {
  readonly log: SharedLog;
  readonly cursor: Cursor;
  /** The number that the last event in the log has in its line. */
  readonly position: number;
  readonly facts: Facts;
  readonly end: SharedEnd | undefined;
  term: number;
  leader: string | undefined;
  line: string | undefined;
  /** Whether an event that has come is new, by its ID. It counts as here from then on. */
  isNew(entry: Entry): boolean;
  append(entry: Entry): void;
  /** The last event in the log is the one with this number. */
  number(position: number): void;
  /** The place in the log behind the event with this ID, or else this number. */
  placeOf(position: number, id: string | undefined): number;
  setFacts(facts: Facts): void;
  /** There is nothing more to come. */
  finish(end: SharedEnd): void;
  /** Calls `onChange` after anything has changed, until the returned function is called. */
  watch(onChange: () => void): () => void;
}

/** Creates what a tab knows that knows nothing. */
export function createRecord(backlog: number): Record {
  const log = createSharedLog(backlog);
  const watchers = new Set<() => void>();
  let cursor = createCursor(undefined);
  /** Between the places in this log and the numbers of the line. */
  let offset = 0;
  let facts: Facts = { state: "connecting", attempt: 0 };
  let end: SharedEnd | undefined;
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const record: Record = {
    log,
    term: 0,
    leader: undefined,
    line: undefined,
    get cursor() {
      return cursor;
    },
    get position() {
      return log.end + offset;
    },
    get facts() {
      return facts;
    },
    get end() {
      return end;
    },
    isNew: ({ id }) => id === undefined || cursor.take(id) !== "repeated",
    append(entry) {
      // What is void is no place to go on from, and nothing to know repeated events by.
      if (entry.event.type === "reset") cursor = createCursor(undefined);
      log.append(entry);
      changed();
    },
    number(position) {
      offset = position - log.end;
    },
    placeOf: (position, id) => (id && log.find(id)) || position - offset,
    setFacts(next) {
      facts = next;
      changed();
    },
    finish(given) {
      end ??= given;
      changed();
    },
    watch(onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
  };
  return record;
}

/** What a reader is told that missed what stood between. */
export function gapEvent(after: string | undefined, oldest: string | undefined): GapEvent {
  return { type: "gap", after, oldest };
}
