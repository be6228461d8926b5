// What an event for many readers costs, as counts: they are the same on every machine.
import { ServerResponse } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import { respond } from "../../src/adapters/node.ts";
import { createChannel, memoryStore } from "../../src/log/index.ts";
import { listen } from "../helpers/listen.ts";
import { openHttp } from "../helpers/reader.ts";

const READERS = 20;
const EVENTS = 5;

test("an event for many readers is one buffer and one tick for all of them, and one write to each", async () => {
  const channel = createChannel({ store: memoryStore() });
  const server = await listen((request, response) => void respond(request, response, channel));
  onTestFinished(server.close);
  const readers = await Promise.all(Array.from({ length: READERS }, () => openHttp(server.url)));
  await Promise.all(readers.map((reader) => reader.until("id: ")));

  const write = vi.spyOn(ServerResponse.prototype, "write");
  const nextTick = vi.spyOn(process, "nextTick");
  onTestFinished(() => void vi.restoreAllMocks());
  for (let n = 1; n <= EVENTS; n += 1) {
    await channel.publish({ type: "chunk", content: `t${n}` });
    await Promise.all(readers.map((reader) => reader.until(`"t${n}"`)));
  }

  const buffers = write.mock.calls.map(([chunk]) => chunk as unknown);
  expect(buffers.length).toBe(EVENTS * READERS);
  expect(buffers.every((buffer) => Buffer.isBuffer(buffer))).toBe(true);
  expect(new Set(buffers).size).toBe(EVENTS);
  // Node would take one for each response. This one is for whatever else is written before it ends.
  const holding = nextTick.mock.calls.filter(([callback]) => /cork|endTick/i.test(callback.name));
  expect(holding.length).toBe(EVENTS);
  for (const reader of readers) reader.leave();
});
