import { expect, test } from "vitest";
import type { AnyEvent } from "../../src/index.ts";
import { AsyncEventQueue, defineEvents, event } from "../../src/index.ts";
import { heldBytes } from "../helpers/memory.ts";

const events = defineEvents({ phase: event({ policy: "latest" }) });
const BOUNDS = {
  events,
  highWaterMark: 8,
  maxItems: 1_000_000,
  maxBytes: 2 ** 40,
  sizeOf: () => 1,
};

/** Milliseconds to fill a queue with `count` events and to empty it. */
function fillAndDrain(count: number): number {
  const queue = new AsyncEventQueue<AnyEvent>(BOUNDS);
  const reader = queue.getReader();
  const item = { type: "item" };
  const begun = performance.now();
  for (let n = 0; n < count; n += 1) queue.push(item);
  while (reader.take() !== undefined);
  return performance.now() - begun;
}

/** Milliseconds to replace the waiting status `count` times behind a backlog of as many events. */
function replaceBehind(count: number): number {
  const queue = new AsyncEventQueue<AnyEvent>(BOUNDS);
  for (let n = 0; n < count; n += 1) queue.push({ type: "item" });
  const begun = performance.now();
  for (let n = 0; n < count; n += 1) queue.push({ type: "status" });
  expect(queue.size).toBe(count + 1);
  return performance.now() - begun;
}

/** The least of some tries: what the machine does beside it only ever adds. */
function least(attempt: () => number): number {
  return Math.min(...Array.from({ length: 9 }, attempt));
}

// As much work in a hundred short queues as in one long one: some 1 : 1 when each event costs the same, 1 : 100
// when an event costs more the more of them wait. Busy machines stay far below the line between.
test.each([
  ["taken from", fillAndDrain],
  ["replaced in", replaceBehind],
])("a backlog a hundred times as long is not slower per event when it is %s", (_, work) => {
  const short = () => Array.from({ length: 100 }, () => work(1_250)).reduce((sum, ms) => sum + ms);
  least(short);
  expect(least(() => work(125_000)) / least(short)).toBeLessThan(25);
});

test("a queue that was filled and emptied a million times holds nothing", () => {
  const queue = new AsyncEventQueue<AnyEvent>(BOUNDS);
  const reader = queue.getReader();
  const seen = { last: undefined as unknown };
  for (let n = 0; n < 1_000_000; n += 1) {
    queue.push({ type: "item" });
    seen.last = reader.take();
  }
  expect(seen.last).toEqual({ type: "item" });
  expect(queue).toMatchObject({ size: 0, sizeBytes: 0 });
});

/** What a queue holds more after `work` than before it. */
function heldAfter(work: (queue: AsyncEventQueue<AnyEvent>) => void): number {
  const queue = new AsyncEventQueue<AnyEvent>({ ...BOUNDS, highWaterMark: 2 });
  const before = heldBytes();
  work(queue);
  const held = heldBytes() - before;
  expect(queue.size).toBeLessThan(5);
  return held;
}

const MiB = 1024 * 1024;

// A slot takes 16 bytes: what is not let go of would be 16 MB of them.
test.each<[string, (queue: AsyncEventQueue<AnyEvent>) => void]>([
  [
    "a status that is replaced a million times",
    (queue) => {
      for (let n = 0; n < 2; n += 1) queue.push({ type: "item" });
      for (let n = 0; n < 1_000_000; n += 1) queue.push({ type: "status" });
    },
  ],
  [
    "two kinds that are replaced in turn",
    (queue) => {
      for (let n = 0; n < 2; n += 1) queue.push({ type: "item" });
      const kinds = [{ type: "status" }, { type: "phase" }];
      for (let n = 0; n < 1_000_000; n += 1) queue.push(kinds[n % 2] as AnyEvent);
    },
  ],
  [
    "a queue that is never empty, behind one status",
    (queue) => {
      const reader = queue.getReader();
      for (let n = 0; n < 2; n += 1) queue.push({ type: "item" });
      queue.push({ type: "status" });
      for (let n = 0; n < 1_000_000; n += 1) {
        queue.push({ type: "item" });
        reader.take();
      }
    },
  ],
])("%s leaves nothing behind", (_, work) => {
  expect(heldAfter(work)).toBeLessThan(2 * MiB);
});
