import { describe, expect, test } from "vitest";
import type { AnyEvent, QueueBounds, StreamEvent } from "../../src/index.ts";
import { AsyncEventQueue, defineEvents, event, QueueOverflowError } from "../../src/index.ts";
import { drain } from "../helpers/drain.ts";

interface Numbered extends AnyEvent {
  n: number;
}

const numbered = (n: number, type = "item"): Numbered => ({ type, n });
const status = (text: string): StreamEvent => ({ type: "status", status: text });
const chunk = (content: string, source?: string): StreamEvent =>
  source === undefined ? { type: "chunk", content } : { type: "chunk", content, source };

describe("what happens under pressure depends on the event", () => {
  const pressed = (bounds: QueueBounds = {}) =>
    new AsyncEventQueue<StreamEvent>({ highWaterMark: 2, maxItems: 4, ...bounds });

  test("three results survive a flood of progress, in order, with one progress at most", async () => {
    const queue = pressed({ maxItems: 8 });
    const results = [1, 2, 3].map((n): StreamEvent => ({ type: "result", n }));
    queue.push(status("first"));
    queue.push(status("second"));
    for (const result of results) {
      for (let n = 0; n < 100; n += 1) queue.push(status(`flood ${n}`));
      queue.push(result);
    }
    queue.close();
    const events = await drain(queue);
    expect(events.filter(({ type }) => type === "result")).toEqual(results);
    expect(events.slice(2).filter(({ type }) => type === "status")).toEqual([status("flood 99")]);
  });

  test("no text is lost, and neighbours take one place", async () => {
    const queue = pressed();
    const letters = "abcdefghijklmnopqrstuvwxyz".split("");
    expect(letters.every((letter) => queue.push(chunk(letter)))).toBe(true);
    queue.close();
    const events = await drain(queue);
    expect(events.length).toBeLessThanOrEqual(4);
    expect(events.map((one) => (one as { content: string }).content).join("")).toBe(
      letters.join(""),
    );
  });

  test("text of another agent is not joined, and keeps its place", async () => {
    const queue = pressed({ maxItems: 10 });
    for (const from of ["a", "a", "a", "a", "b", "a"]) queue.push(chunk(from, from));
    queue.close();
    expect(await drain(queue)).toEqual([
      chunk("a", "a"),
      chunk("aaa", "a"),
      chunk("b", "b"),
      chunk("a", "a"),
    ]);
  });

  test("joining leaves the objects of the caller as they were", async () => {
    const queue = pressed();
    const events = ["a", "b", "c", "d"].map((letter) => chunk(letter));
    for (const one of events) queue.push(one);
    expect(events).toEqual(["a", "b", "c", "d"].map((letter) => chunk(letter)));
  });

  test("a droppable event is refused, and the queue lives on", () => {
    const events = defineEvents({ tick: event<{ n: number }>({ policy: "droppable" }) });
    const queue = new AsyncEventQueue<Numbered>({ highWaterMark: 1, events });
    expect(queue.push(numbered(1, "tick"))).toBe(true);
    expect(queue.push(numbered(2, "tick"))).toBe(false);
    expect(queue).toMatchObject({ state: "open", size: 1 });
  });

  test.each<[string, QueueBounds]>([
    ["items", { highWaterMark: 2, maxItems: 2 }],
    ["bytes", { highWaterMarkBytes: 10, maxBytes: 10 }],
  ])(
    "a durable event over the bound of %s fails the queue after what it holds",
    async (_, bounds) => {
      const queue = new AsyncEventQueue<Numbered>(bounds);
      let kept = 0;
      while (queue.push(numbered(kept))) kept += 1;
      expect(queue.state).toBe("failed");
      const reader = queue[Symbol.asyncIterator]();
      for (let n = 0; n < kept; n += 1) expect((await reader.next()).value).toEqual(numbered(n));
      const error = await reader.next().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(QueueOverflowError);
      expect(error).toMatchObject({ code: "QUEUE_OVERFLOW" });
    },
  );

  test("a type that nobody defined is durable: it is never lost in silence", () => {
    const queue = new AsyncEventQueue<Numbered>({ highWaterMark: 1, maxItems: 2 });
    expect([1, 2, 3].map((n) => queue.push(numbered(n)))).toEqual([true, true, false]);
    expect(queue.state).toBe("failed");
  });
});
