import { expect, test } from "vitest";
import { EVENT_STREAM, isEventStream, SSE_HEADERS } from "../../src/index.ts";

test("the head keeps proxies, compressors and caches from holding or sharing a stream", () => {
  expect(SSE_HEADERS).toEqual({
    "Content-Type": "text/event-stream",
    "Cache-Control": "private, no-cache, no-store, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
  });
  expect(Object.isFrozen(SSE_HEADERS)).toBe(true);
});

test.each([
  EVENT_STREAM,
  "text/event-stream;charset=utf-8",
  "text/event-stream; charset=UTF-8",
  "TEXT/Event-Stream",
  " text/event-stream ",
])("%j is an event stream", (type) => {
  expect(isEventStream(type)).toBe(true);
});

test.each([
  null,
  undefined,
  "",
  "text/html",
  "application/json",
  "text/event-streams",
  "text/plain;text/event-stream",
])("%j is none", (type) => {
  expect(isEventStream(type)).toBe(false);
});
