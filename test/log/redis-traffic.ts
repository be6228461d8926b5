import type { LogStore, NewLog } from "../../src/log/index.ts";
import { LogError } from "../../src/protocol/errors.ts";

export const EPOCH = 1_700_000_000_000;

/** A log that a producer holds. */
export function newLog(): NewLog {
  const retention = { maxEvents: 1_000_000, maxBytes: 1_000_000_000, maxAgeMs: 60_000 };
  return { epoch: EPOCH, retention, leaseMs: 60_000 };
}

/** The ids of the first `count` entries. */
export function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${EPOCH}-${index + 1}`);
}

/**
 * Appends the entries from number `from` to number `to`, so many at a time. What was refused because Redis was away is said again, as a producer
 * does. Answers how often it was.
 */
export async function appendAll(
  store: LogStore,
  streamId: string,
  to: number,
  atOnce: number,
  isEnd: boolean,
  from = 1,
): Promise<number> {
  let refusals = 0;
  for (let sequence = from; sequence <= to; sequence += atOnce) {
    const last = Math.min(to, sequence + atOnce - 1);
    const frames = Array.from({ length: last - sequence + 1 }, (_, index) => `${sequence + index}`);
    const outcome = isEnd && last === to ? ("completed" as const) : undefined;
    const append = { epoch: EPOCH, sequence, frames, outcome };
    while (!(await isKept(store.append(streamId, append)))) refusals += 1;
  }
  return refusals;
}

async function isKept(answer: Promise<void>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof LogError && error.code === "LOG_UNAVAILABLE") return false;
    throw error;
  }
}

/** The ids of all that a reader is told, to the end. Each entry must be the one that its id says. */
export async function readAll(store: LogStore, streamId: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { entries } of store.read(streamId)) {
    for (const { id, frame } of entries) {
      if (id !== `${EPOCH}-${frame}`) throw new Error(`${id} holds the frame ${frame}`);
      ids.push(id);
    }
  }
  return ids;
}
