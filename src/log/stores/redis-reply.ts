import type { Outcome } from "../../protocol/outcome.ts";
import type { LogEntry, LogInfo } from "../store.ts";

// What a client answers, as it comes: arrays in RESP2, maps in RESP3 (an object, a `Map`, or a flat array), and text as
// strings or buffers.

/** Entries of one stream. */
export interface StreamEntries {
  entries: LogEntry[];
  /** How the log ended, when the last of them says so. */
  outcome: Outcome | undefined;
}

/** An entry of a stream: its id, and its fields as they come. */
export type RawEntry = readonly [id: unknown, fields: readonly unknown[]];

export function textOf(reply: unknown): string {
  // A buffer of Node says what it holds by itself.
  return typeof reply === "string" ? reply : String(reply);
}

export function optionalText(reply: unknown): string | undefined {
  return reply === null || reply === undefined ? undefined : textOf(reply);
}

/** What `XREAD` answers: keys with their entries. */
export function streamsOf(reply: unknown): Array<readonly [key: string, entries: RawEntry[]]> {
  if (reply === null || reply === undefined) return [];
  return pairsOf(reply).map(([key, entries]) => [textOf(key), entries as RawEntry[]]);
}

function pairsOf(reply: unknown): Array<readonly [unknown, unknown]> {
  if (reply instanceof Map) return [...reply];
  if (!Array.isArray(reply)) return Object.entries(reply as object);
  if (Array.isArray(reply[0])) return reply as Array<[unknown, unknown]>;
  return reply.flatMap((key, index) => (index % 2 ? [] : [[key, reply[index + 1]] as const]));
}

/** Entries of a log: a frame each, and with the last one perhaps the outcome. */
export function entriesOf(reply: readonly RawEntry[]): StreamEntries {
  const entries = reply.map(([id, fields]) => ({ id: textOf(id), frame: textOf(fields[1]) }));
  const outcome = optionalText(reply.at(-1)?.[1][3]) as Outcome | undefined;
  return { entries, outcome };
}

/** What the scripts answer of a log. */
export function infoOf(reply: readonly unknown[]): LogInfo {
  const [streamId, epoch, owner, fingerprint, lastId, outcome, held] = reply;
  return {
    streamId: textOf(streamId),
    owner: optionalText(owner),
    fingerprint: optionalText(fingerprint),
    epoch: Number(epoch),
    outcome: optionalText(outcome) as Outcome | undefined,
    isHeld: Number(held) === 1,
    lastId: optionalText(lastId),
  };
}
