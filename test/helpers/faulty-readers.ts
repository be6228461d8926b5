import assert from "node:assert/strict";
import type { connect, ReadEnd } from "../../src/client/index.ts";
import { withCrashTraps } from "./crash-traps.ts";
import { faultProxy, type Plan } from "./fault-proxy.ts";

type Stream = ReturnType<typeof connect>;

/** What a reader was told, in order, and how it ended. What its loop threw is in the end. */
export interface Told extends ReadEnd<unknown> {
  events: Array<{ type: string }>;
  /** The application's events since the last `reset`: what a page shows in the end. */
  view: Array<{ type: string }>;
}

/** Reads `stream` to its end, whatever that is. `onEvent` is called in the loop with the number of events so far. */
export async function readToEnd(
  stream: Stream,
  onEvent: (count: number) => void = () => {},
): Promise<Told> {
  const events: Told["events"] = [];
  try {
    for await (const event of stream) onEvent(events.push(event));
  } catch {
    // `ended` says it too, and that is what a test reads.
  }
  const start = events.findLastIndex(({ type }) => type === "reset") + 1;
  const view = events.slice(start).filter(({ type }) => type !== "gap");
  return { ...(await stream.ended), events, view };
}

/** Does `work` behind a network of its own in front of `target`, which fails by `plan`. */
export async function behindFaults(
  target: string,
  plan: Plan,
  work: (url: string, connections: () => number) => Promise<void>,
): Promise<void> {
  const { url, connections, close } = await faultProxy(target, plan);
  try {
    await work(url, connections);
  } finally {
    await close();
  }
}

/**
 * Does `work` for each of `items`, several at once.
 *
 * @throws what the first `work` to fail throws, with its item in the message; what would have killed the process.
 */
export async function severalAtOnce(
  what: string,
  items: readonly number[],
  work: (item: number) => Promise<void>,
  lanes = 16,
): Promise<void> {
  const left = items.values();
  let failed: { cause: unknown } | undefined;
  const lane = async () => {
    for (const item of left) {
      try {
        await work(item);
      } catch (cause) {
        if (cause instanceof Error) cause.message = `${what} ${item}: ${cause.message}`;
        failed ??= { cause };
      }
      if (failed) return;
    }
  };
  const crashes = await withCrashTraps(async () => {
    await Promise.all(Array.from({ length: lanes }, lane));
  });
  if (failed) throw failed.cause;
  if (crashes.length > 0) throw new AggregateError(crashes, `nobody handled: ${crashes.join()}`);
}

/** What keeps this process alive, by kind: sockets, servers, timers. */
export function openHandles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Resolves when no more keeps this process alive than at `level`, and throws when that does not come. */
export async function handlesBackAt(level: Record<string, number>): Promise<void> {
  const added = () =>
    Object.entries(openHandles()).filter(([kind, count]) => count > (level[kind] ?? 0));
  // No timer of its own is open while it looks.
  for (let look = 0; look < 250 && added().length > 0; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(added(), []);
}
