import type { ReadEvent } from "../protocol/define.ts";
import { RemoteError } from "../protocol/errors.ts";
import type { ErrorEvent } from "../protocol/events.ts";
import { outcomeOf } from "../protocol/outcome.ts";
import type { ReadResult } from "./read.ts";
import type { Ending } from "./reading.ts";

/** So many pieces of text are joined at once: each on its own would stay in memory as long as the whole does. */
const JOINED = 256;

/** What the events of a stream come to, one by one. */
export interface Tally<Set> {
  /** The text without its last pieces: {@link textOf} is all of it. */
  text: string;
  pieces: string[];
  isWhole: boolean;
  status: string | undefined;
  result: ReadResult<Set> | undefined;
  /** What an `error` event said of the end. */
  ending: Ending | undefined;
}

/** Adds an event to what those before it came to. */
export function addTo<Set>(tally: Tally<Set>, event: ReadEvent<Set>): void {
  const { type, content, status } = event as { type: string; content?: unknown; status?: unknown };
  // A chunk or a status of the application's own shape need not hold text.
  if (type === "chunk" && typeof content === "string") {
    if (tally.pieces.push(content) === JOINED) textOf(tally);
  } else if (type === "status") tally.status = status as string;
  else if (type === "result") {
    const { type: _, ...payload } = event;
    tally.result = payload as unknown as ReadResult<Set>;
  } else if (type === "gap") tally.isWhole = false;
  else if (type === "reset") Object.assign(tally, emptyTally());
  else if (type === "error") {
    const remote = event as unknown as ErrorEvent;
    const error = new RemoteError("REMOTE_ERROR", "an `error` event came", { event: remote });
    tally.ending = { outcome: outcomeOf(remote), error };
  }
}

/** The text of all chunks that were added. */
export function textOf(tally: Tally<unknown>): string {
  tally.text += tally.pieces.join("");
  tally.pieces = [];
  return tally.text;
}

/** What no event comes to. */
export function emptyTally<Set>(): Tally<Set> {
  return {
    text: "",
    pieces: [],
    isWhole: true,
    status: undefined,
    result: undefined,
    ending: undefined,
  };
}
