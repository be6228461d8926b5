import { expect, test } from "vitest";
import type { AnyEvent } from "../../src/index.ts";
import { AsyncEventQueue } from "../../src/index.ts";
import { median } from "../helpers/time.ts";

const BOUNDS = { highWaterMark: 8, maxItems: 1_000_000, maxBytes: 2 ** 40, sizeOf: () => 1 };

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

// Eight times the work: a linear queue takes some 8 times as long, a quadratic one 64 times.
test.each([
  ["taken from", fillAndDrain],
  ["replaced in", replaceBehind],
])("a backlog eight times as long is not slower per event when it is %s", (_, work) => {
  work(12_500);
  const ratios = Array.from({ length: 7 }, () => work(100_000) / work(12_500));
  expect(median(ratios)).toBeLessThan(28);
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
