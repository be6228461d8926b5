import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyEvent } from "../../src/index.ts";
import {
  DecodeError,
  defineEvents,
  DONE,
  encodeSSE,
  event,
  toEvent,
  toMessage,
} from "../../src/index.ts";
import { thrownBy } from "../helpers/thrown.ts";

const told = (value: unknown) => toEvent({ data: JSON.stringify(value) });

describe("what is no JSON does not break a reader", () => {
  test("[DONE] is the terminal", () => {
    expect(toEvent({ data: "[DONE]" })).toEqual({ type: "done" });
    expect(toMessage({ type: "done" })).toEqual({ data: DONE });
    expect(encodeSSE(toMessage({ type: "done" }))).toBe("data: [DONE]\n\n");
  });

  test.each(["", " ", "\n", "\t \n"])("blank data %j holds nothing", (data) => {
    expect(toEvent({ data })).toBeUndefined();
  });

  test("an object that calls itself done is not the terminal", () => {
    expect(told({ type: "done" })).toMatchObject({ type: "unknown", name: "done" });
  });
});

describe("an old reader survives a new server", () => {
  test("a type that nobody defined passes as unknown, with its name and payload", () => {
    const value = { type: "reasoning", text: "hm" };
    expect(told(value)).toEqual({ type: "unknown", name: "reasoning", value });
  });

  test.each([null, 7, "text", [1], {}, { type: 7 }, true])(
    "JSON that is no typed object passes as unknown, named by the message: %j",
    (value) => {
      const data = JSON.stringify(value);
      expect(toEvent({ data, event: "tick" })).toEqual({ type: "unknown", name: "tick", value });
    },
  );

  test("an extra field of a known event stays", () => {
    const value = { type: "status", status: "analyzing", since: 3 };
    expect(told(value)).toEqual(value);
  });

  test("names of Object's own members are no event types", () => {
    for (const type of ["constructor", "__proto__", "toString"]) {
      expect(told({ type })).toMatchObject({ type: "unknown", name: type });
    }
  });
});

describe("a malformed known event is refused with its path", () => {
  test.each([
    [{ type: "status" }, "status"],
    [{ type: "status", status: 7 }, "status"],
    [{ type: "chunk", content: null }, "content"],
    [{ type: "error", code: "X" }, "message"],
  ])("%j", (value, field) => {
    expect(thrownBy(() => told(value))).toMatchObject({
      name: "DecodeError",
      code: "INVALID_EVENT",
      field,
    });
  });

  test("inside a payload, as a path", () => {
    const events = defineEvents({
      report: z.object({ rows: z.array(z.object({ n: z.number() })) }),
    });
    const data = JSON.stringify({ type: "report", rows: [{ n: 1 }, { n: "s3cret" }] });
    const error = thrownBy(() => toEvent({ data }, events));
    expect(error).toMatchObject({ code: "INVALID_EVENT", field: "rows.1.n" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });

  test("broken JSON is refused, and neither message nor causes quote it", () => {
    const error = thrownBy(() => toEvent({ data: '{"type":"chunk","content":"s3cret' }));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ code: "INVALID_JSON" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });
});

describe("an event that must not go out is refused", () => {
  test.each([[null], [undefined], [7], ["status"], [{}], [{ type: 7 }]])("%j", (value) => {
    const error = thrownBy(() => toMessage(value as unknown as AnyEvent));
    expect(error).toMatchObject({ code: "NOT_SERIALISABLE", field: "type" });
  });

  test("a built-in one of the wrong shape", () => {
    const wrong = { type: "chunk", content: 7 } as AnyEvent;
    expect(thrownBy(() => toMessage(wrong))).toMatchObject({
      name: "EncodeError",
      code: "SCHEMA_MISMATCH",
      field: "content",
    });
  });

  test("one that JSON cannot hold", () => {
    const wrong = { type: "result", n: 1n } as AnyEvent;
    expect(thrownBy(() => toMessage(wrong))).toMatchObject({ code: "NOT_SERIALISABLE" });
  });

  test("one that its schema refuses, without quoting it", () => {
    const events = defineEvents({ price: z.object({ at: z.object({ day: z.number() }) }) });
    const wrong = { type: "price", at: { day: "s3cret" } } as AnyEvent;
    const error = thrownBy(() => toMessage(wrong, events));
    expect(error).toMatchObject({ code: "SCHEMA_MISMATCH", field: "at.day" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });
});

describe("the event field, for native listeners", () => {
  test("is absent unless asked for", () => {
    expect(toMessage({ type: "status", status: "x" } as AnyEvent)).not.toHaveProperty("event");
  });

  test("names the type when asked for, but never error and never the terminal", () => {
    const events = defineEvents({ tick: event<{ n: number }>() });
    const name = (value: object) =>
      toMessage(value as AnyEvent, events, { eventField: true }).event;
    expect(name({ type: "tick", n: 1 })).toBe("tick");
    expect(name({ type: "error", message: "x" })).toBeUndefined();
    expect(name({ type: "done" })).toBeUndefined();
  });
});

test("an event is encoded at the call: what becomes of the object later does not reach the wire", () => {
  const result = { type: "result", rows: [1] };
  const message = toMessage(result);
  result.rows.push(2);
  expect(message.data).toBe('{"type":"result","rows":[1]}');
});
