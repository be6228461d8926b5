import { describe, expect, test } from "vitest";
import type { BaseEvents, Producer, StreamOptions } from "../../src/index.ts";
import { streamEvents, toByteStream } from "../../src/index.ts";
import { thrownBy } from "../helpers/thrown.ts";

const request = () => new Request("http://local/");

const BAD_OPTIONS: Array<[Record<string, unknown>, RegExp]> = [
  [{ heartbeatMs: 99 }, /`heartbeatMs` must be 0 \(none\) or at least 100, got 99/],
  [{ heartbeatMs: -1 }, /`heartbeatMs` .* got -1/],
  [{ heartbeatMs: "15s" }, /`heartbeatMs` .* got string/],
  [{ heartbeatMs: Number.POSITIVE_INFINITY }, /`heartbeatMs` .* got Infinity/],
  [{ stallMs: -1 }, /`stallMs` must be a number of milliseconds, 0 or more, got -1/],
  [{ stallMs: Number.NaN }, /`stallMs` .* got NaN/],
  [{ lifetimeMs: null }, /`lifetimeMs` .* got null/],
  [{ maxTextLength: -1 }, /`maxTextLength` .* got -1/],
  [{ maxTextLength: 1.5 }, /`maxTextLength` .* got 1\.5/],
  [{ queue: { maxItems: 0 } }, /`maxItems` must be a positive integer, got 0/],
  [{ queue: { maxBytes: "1MB" } }, /`maxBytes` must be a positive integer, got string/],
  [{ queue: { highWaterMark: 5, maxItems: 4 } }, /`highWaterMark` .* 4, got 5/],
  [{ queue: { highWaterMarkBytes: 5, maxBytes: 4 } }, /`highWaterMarkBytes` .* 4, got 5/],
  [{ exposeError: "all" }, /`exposeError` must be a function, got string/],
  [{ onEnd: {} }, /`onEnd` must be a function, got object/],
  [{ signal: {} }, /`signal` must be an AbortSignal, got object/],
  [{ signal: null }, /`signal` must be an AbortSignal, got null/],
  [{ events: { status: "x" } }, /`events` must be from defineEvents/],
  [{ events: null }, /`events` must be from defineEvents/],
];

describe("a bad option is refused at once, by name, rule and value, and nothing was started", () => {
  test.each(BAD_OPTIONS)("%j", (options, message) => {
    let started = 0;
    const run = () => void (started += 1);
    const bad = options as StreamOptions<BaseEvents>;
    const doors = [
      () => toByteStream(run, bad),
      () => streamEvents(request(), run, bad),
      () => streamEvents(request(), run, { ...bad, setup: run }),
    ];
    for (const door of doors) {
      const error = thrownBy(door);
      expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
      expect((error as Error).message).toMatch(message);
    }
    expect(started).toBe(0);
  });

  test.each([
    [{ setup: "later" }, TypeError],
    [{ headers: { "bad header": "x" } }, TypeError],
  ])("of streamEvents: %j", (options, kind) => {
    let started = 0;
    const bad = options as unknown as Record<string, never>;
    const error = thrownBy(() => streamEvents(request(), () => void (started += 1), bad));
    expect(error).toBeInstanceOf(kind);
    expect(started).toBe(0);
  });

  test.each([[undefined], [null], ["text"], [{}], [[1]], [Promise.resolve()]])(
    "%j is no producer",
    (producer) => {
      const bad = producer as unknown as Producer<BaseEvents>;
      const message = /`producer` must be a function, an AsyncIterable or a ReadableStream, got /;
      expect(() => toByteStream(bad)).toThrow(message);
      expect(() => streamEvents(request(), bad)).toThrow(message);
    },
  );
});

test("an option that is undefined has its default", async () => {
  const absent = {
    heartbeatMs: undefined,
    stallMs: undefined,
    queue: undefined,
    events: undefined,
  };
  const text = await new Response(toByteStream(() => {}, absent)).text();
  expect(text).toContain("heartbeatMs=15000");
});
