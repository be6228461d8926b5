import { describe, expect, test } from "vitest";
import type { AnyEvent, StreamEvent } from "../../src/index.ts";
import { AsyncEventQueue, QueueClosedError } from "../../src/index.ts";
import { drain } from "../helpers/drain.ts";
import { thrownBy } from "../helpers/thrown.ts";

interface Numbered extends AnyEvent {
  n: number;
}

const numbered = (n: number, type = "item"): Numbered => ({ type, n });
describe("order and end", () => {
  test("what was pushed before close comes out, in order, and then it is over", async () => {
    const queue = new AsyncEventQueue<Numbered>();
    for (let n = 0; n < 5_000; n += 1) queue.push(numbered(n));
    queue.close();
    const events = await drain(queue);
    expect(events.map(({ n }) => n)).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  });

  test("a failure comes after what is held, once, and then the loop is done", async () => {
    const queue = new AsyncEventQueue<Numbered>();
    const reason = new Error("the work failed");
    queue.push(numbered(1));
    queue.fail(reason);
    queue.fail(new Error("too late"));
    queue.close();
    const reader = queue[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ value: numbered(1), done: false });
    await expect(reader.next()).rejects.toBe(reason);
    expect(await reader.next()).toEqual({ value: undefined, done: true });
    expect(queue.failure).toBe(reason);
  });

  test("a failure reaches a reader that waits already", async () => {
    const queue = new AsyncEventQueue<Numbered>();
    const next = queue[Symbol.asyncIterator]().next();
    queue.fail("a reason of any kind");
    await expect(next).rejects.toBe("a reason of any kind");
  });

  test("what comes after the end is refused and changes nothing", async () => {
    const queue = new AsyncEventQueue<Numbered>();
    queue.push(numbered(1));
    queue.close();
    expect(queue.push(numbered(2))).toBe(false);
    expect(queue.state).toBe("closed");
    expect(await drain(queue)).toEqual([numbered(1)]);
  });

  test("readers that ask ahead are served in the order they asked", async () => {
    const queue = new AsyncEventQueue<Numbered>();
    const reader = queue[Symbol.asyncIterator]();
    const asked = [reader.next(), reader.next(), reader.next()];
    queue.push(numbered(1));
    queue.push(numbered(2));
    queue.close();
    const values = (await Promise.all(asked)).map(({ value }) => (value as Numbered)?.n);
    expect(values).toEqual([1, 2, undefined]);
  });
});

describe("the reader leaves", () => {
  test("three pending next() and the return() settle in the same turn", async () => {
    const queue = new AsyncEventQueue<Numbered>();
    const reader = queue[Symbol.asyncIterator]();
    const settled: string[] = [];
    for (const name of ["a", "b", "c"]) {
      void reader.next().then(({ done }) => settled.push(`${name}:${done}`));
    }
    void reader.return?.().then(({ done }) => settled.push(`return:${done}`));
    await Promise.resolve();
    expect(settled).toEqual(["a:true", "b:true", "c:true", "return:true"]);
  });

  test("a failure, a reader that leaves and what is asked after it are answered in their order", async () => {
    const queue = new AsyncEventQueue<Numbered>();
    const reader = queue[Symbol.asyncIterator]();
    const settled: string[] = [];
    const hear = (name: string, answer?: Promise<IteratorResult<Numbered, undefined>>) =>
      void answer?.then(
        ({ done }) => settled.push(`${name}:${done}`),
        () => settled.push(`${name}:failed`),
      );
    hear("a", reader.next());
    hear("b", reader.next());
    queue.fail(new Error("the work failed"));
    hear("return", reader.return?.());
    hear("c", reader.next());
    await Promise.resolve();
    expect(settled).toEqual(["a:failed", "b:true", "return:true", "c:true"]);
  });

  test("leaving the loop drops what is held, and the producer hears it", async () => {
    const queue = new AsyncEventQueue<Numbered>({ highWaterMark: 1 });
    queue.push(numbered(1));
    queue.push(numbered(2));
    const waiting = queue.ready;
    for await (const _ of queue) break;
    await waiting;
    expect(queue).toMatchObject({ state: "cancelled", size: 0, sizeBytes: 0 });
    expect(queue.push(numbered(3))).toBe(false);
  });

  test("a queue that was never read lets its producer go as well", async () => {
    const queue = new AsyncEventQueue<Numbered>({ highWaterMark: 1 });
    queue.push(numbered(1));
    const waiting = queue.ready;
    await queue[Symbol.asyncIterator]().return?.();
    await waiting;
    expect(queue.state).toBe("cancelled");
  });

  test("a second reader is refused: the two would steal from each other", () => {
    const queue = new AsyncEventQueue<Numbered>();
    const first = queue[Symbol.asyncIterator]();
    expect(first[Symbol.asyncIterator]()).toBe(first);
    for (const take of [() => queue[Symbol.asyncIterator](), () => queue.getReader()]) {
      const error = thrownBy(take);
      expect(error).toBeInstanceOf(QueueClosedError);
      expect(error).toMatchObject({ code: "QUEUE_HAS_READER" });
    }
  });
});

describe("backpressure", () => {
  test("ready waits at the mark and goes on where half of it is left", async () => {
    const queue = new AsyncEventQueue<Numbered>({ highWaterMark: 2 });
    const log: string[] = [];
    queue.push(numbered(1));
    expect(queue.desiredSize).toBe(1);
    queue.push(numbered(2));
    expect(queue.desiredSize).toBe(0);
    void queue.ready.then(() => log.push("ready"));
    await Promise.resolve();
    expect(log).toEqual([]);
    queue.getReader().take();
    await Promise.resolve();
    expect(log).toEqual(["ready"]);
  });

  test("a producer that waits is woken for half of the mark, not for each event", async () => {
    const queue = new AsyncEventQueue<Numbered>({ highWaterMark: 64 });
    let waits = 0;
    const produced = (async () => {
      for (let n = 0; n < 6_400; n += 1) {
        queue.push(numbered(n));
        if (queue.desiredSize > 0) continue;
        waits += 1;
        await queue.ready;
      }
      queue.close();
    })();
    let taken = 0;
    for await (const { n } of queue) expect(n).toBe(taken++);
    await produced;
    expect(taken).toBe(6_400);
    expect(waits).toBeLessThanOrEqual(200);
  });

  test("bytes are waited for as events are: half of their mark", async () => {
    const queue = new AsyncEventQueue<Numbered>({ highWaterMarkBytes: 100, sizeOf: () => 30 });
    const reader = queue.getReader();
    for (let n = 0; n < 4; n += 1) queue.push(numbered(n));
    const log: string[] = [];
    void queue.ready.then(() => log.push("ready"));
    for (const left of [90, 60]) {
      reader.take();
      await Promise.resolve();
      expect([queue.sizeBytes, log]).toEqual([left, []]);
    }
    reader.take();
    await Promise.resolve();
    expect([queue.sizeBytes, log]).toEqual([30, ["ready"]]);
  });

  test("bytes count as well as items", () => {
    const queue = new AsyncEventQueue<StreamEvent>({ highWaterMarkBytes: 1_000 });
    queue.push({ type: "result", text: "x".repeat(2_000) });
    expect(queue.desiredSize).toBeLessThanOrEqual(0);
    expect(queue.sizeBytes).toBeGreaterThan(2_000);
  });

  test.each(["close", "fail"] as const)(
    "%s ends a wait, and later ones need not wait",
    async (end) => {
      const queue = new AsyncEventQueue<Numbered>({ highWaterMark: 1 });
      queue.push(numbered(1));
      const waiting = queue.ready;
      queue[end](new Error("over"));
      await waiting;
      await queue.ready;
      expect(queue.size).toBe(1);
    },
  );
});

describe("at the door", () => {
  test.each(["maxItems", "maxBytes", "highWaterMark", "highWaterMarkBytes"] as const)(
    "%s that is no positive integer is refused by name, rule and value",
    (name) => {
      for (const value of [0, -1, 1.5, Number.NaN, "8" as unknown as number]) {
        const error = thrownBy(() => new AsyncEventQueue({ [name]: value }));
        expect(error).toBeInstanceOf(typeof value === "number" ? RangeError : TypeError);
        expect((error as Error).message).toContain(`\`${name}\` must be a positive integer, got `);
      }
    },
  );

  test("a mark above its bound would never act: it is refused", () => {
    expect(() => new AsyncEventQueue({ highWaterMark: 9, maxItems: 8 })).toThrow(/`highWaterMark`/);
  });

  test.each([
    [{ merge: 3 }, "`merge` must be a function, got 3"],
    [{ sizeOf: "x" }, "`sizeOf` must be a function, got string"],
    [{ events: {} }, "`events` must be from defineEvents, got object"],
  ])("%o is refused", (options, message) => {
    expect(thrownBy(() => new AsyncEventQueue(options as never))).toMatchObject({ message });
  });

  test("an item that is no event, and a size that is none, are refused; what waits is kept", () => {
    const sizes = [1, Number.NaN, -1];
    const queue = new AsyncEventQueue<AnyEvent>({ sizeOf: () => sizes.shift() ?? 1 });
    queue.push({ type: "kept" });
    for (const item of [{ type: "nan" }, { type: "negative" }, null, undefined, {}, { type: 1 }]) {
      const error = thrownBy(() => queue.push(item as { type: string }));
      expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
      expect((error as Error).message).toMatch(/^`(item|sizeOf\(item\))` must be /);
    }
    expect(queue.push({ type: "next" })).toBe(true);
    expect(queue.size).toBe(2);
  });
});
