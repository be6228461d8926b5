import { afterEach, expect, test } from "vitest";
import { respond } from "../../src/adapters/node.ts";
import { createChannel, memoryStore } from "../../src/log/index.ts";
import { listen } from "../helpers/listen.ts";
import { heldBytes } from "../helpers/memory.ts";
import { openHttp } from "../helpers/reader.ts";

const READERS = 44;
const STALLED = 40;
const EVENTS = 400;
/** All together more than the kernel holds for a reader that does not read. */
const CONTENT = "x".repeat(20_000);

let close: () => Promise<void>;
afterEach(() => close());

test("most of the readers of a channel stall: the others see no delay, and nobody's memory grows", async () => {
  const channel = createChannel({
    store: memoryStore(),
    retention: { maxBytes: 1_000_000 },
    stallMs: 0,
  });
  const server = await listen((request, response) => void respond(request, response, channel));
  close = server.close;
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => openHttp(server.url)));
  for (const reader of stalled) {
    await reader.until("id: ");
    reader.stall();
  }
  const counts = Array.from({ length: READERS - STALLED }, () => 0);
  const readers = await Promise.all(
    counts.map(async (_, n) => {
      const response = await fetch(server.url);
      const body = response.body?.getReader();
      const read = async () => {
        let rest = "";
        while ((counts[n] ?? 0) < EVENTS) {
          const { done, value } = (await body?.read()) ?? { done: true };
          if (done) throw new Error("the channel ended");
          const frames = (rest + Buffer.from(value ?? []).toString("latin1")).split("\n\n");
          rest = frames.pop() ?? "";
          counts[n] = (counts[n] ?? 0) + frames.filter((frame) => frame.includes("data: ")).length;
        }
        await body?.cancel();
      };
      return { all: read() };
    }),
  );
  const before = heldBytes();
  let slowest = 0;
  for (let n = 1; n <= EVENTS; n += 1) {
    const at = performance.now();
    await channel.publish({ type: "chunk", content: CONTENT });
    while (counts.some((count) => count < n)) await new Promise((resolve) => setImmediate(resolve));
    slowest = Math.max(slowest, performance.now() - at);
  }
  await Promise.all(readers.map(({ all }) => all));
  // Each event was there before the next was told, with 40 readers standing still all the while.
  expect(slowest).toBeLessThan(2_000);
  // 8 MB were told, and 40 readers have them still to read: 320 MB, if each had a queue of its own.
  expect(heldBytes() - before).toBeLessThan(60_000_000);
  // Who reads on is told of the gap, and then what is kept.
  for (const reader of stalled.slice(0, 3)) {
    reader.resume();
    expect(await reader.until(`-${EVENTS}\n`)).toContain('data: {"type":"gap"');
  }
  for (const reader of stalled) reader.leave();
});
