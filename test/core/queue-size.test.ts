import { describe, expect, test } from "vitest";
import type { AnyEvent } from "../../src/index.ts";
import { AsyncEventQueue } from "../../src/index.ts";
import { drain } from "../helpers/drain.ts";

describe("what an event counts by default", () => {
  const ring: { self?: unknown } = {};
  ring.self = ring;

  test("an event that JSON cannot hold comes out as it went in, whether it waited or not", async () => {
    const queue = new AsyncEventQueue<AnyEvent & { n?: unknown }>();
    const items = [1n, ring, { toJSON: () => undefined }].map((n) => ({ type: "item", n }));
    const reader = queue[Symbol.asyncIterator]();
    for (const item of items) {
      const asked = reader.next();
      expect(queue.push(item)).toBe(true);
      expect((await asked).value).toBe(item);
    }
    for (const item of items) expect(queue.push(item)).toBe(true);
    queue.close();
    expect(await drain(reader)).toEqual(items);
  });

  test("the producer waits after an event whose size cannot be told, and few of them are held", () => {
    const queue = new AsyncEventQueue<AnyEvent & { n: unknown }>({
      highWaterMarkBytes: 1_000,
      maxBytes: 3_000,
    });
    const kept = Array.from({ length: 5 }, () => {
      const isKept = queue.push({ type: "result", n: ring });
      expect(queue.desiredSize).toBeLessThanOrEqual(0);
      return isKept;
    });
    expect(kept).toEqual([true, true, true, false, false]);
    expect(queue.failure).toMatchObject({ code: "QUEUE_OVERFLOW" });
  });

  test("an event that goes straight to who waits is not counted by default: its JSON is not written", async () => {
    const queue = new AsyncEventQueue<AnyEvent & { n: unknown }>();
    let written = 0;
    const n = { toJSON: () => (written += 1) };
    const asked = queue[Symbol.asyncIterator]().next();
    queue.push({ type: "result", n });
    await asked;
    expect(written).toBe(0);
    queue.push({ type: "result", n });
    expect(written).toBe(1);
  });

  test("a reader that is asked for while an event is counted gets that event", async () => {
    const queue = new AsyncEventQueue<AnyEvent & { n: unknown }>();
    const reader = queue[Symbol.asyncIterator]();
    let asked: Promise<IteratorResult<AnyEvent, undefined>> | undefined;
    const item = { type: "result", n: { toJSON: () => void (asked = reader.next()) } };
    queue.push(item);
    expect((await asked)?.value).toBe(item);
    expect(queue.size).toBe(0);
  });
});
