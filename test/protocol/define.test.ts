import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyEvent, Definitions, EventSet, StandardSchema } from "../../src/index.ts";
import { baseEvents, defineEvents, event, toEvent, toMessage } from "../../src/index.ts";

/** A schema that nobody's library wrote. */
const percent: StandardSchema<{ percent: number }, { percent: number; half: boolean }> = {
  "~standard": {
    version: 1,
    vendor: "by-hand",
    validate: (value) => {
      const { percent: given } = value as { percent: unknown };
      return typeof given === "number"
        ? { value: { percent: given, half: given >= 50 } }
        : { issues: [{ message: "no number", path: [{ key: "percent" }] }] };
    },
  },
};

/** As the queue finds it: a definition that names none is durable. */
const policyOf = ({ definitions }: EventSet, name: string) =>
  definitions.get(name)?.policy ?? "durable";

describe("a definition extends, narrows and removes", () => {
  test("the built-in union is there without a word", () => {
    const names = ["status", "chunk", "result", "error", "done"];
    expect([...baseEvents.definitions.keys()]).toEqual(names);
    expect([...defineEvents({}).definitions.keys()]).toEqual(names);
  });

  test("policies: result and error wait, chunks merge, the latest status counts", () => {
    const found = ["status", "chunk", "result", "error", "done"].map((name) =>
      policyOf(baseEvents, name),
    );
    expect(found).toEqual(["latest", "mergeable", "durable", "durable", "durable"]);
  });

  test("a new event is durable unless it says otherwise", () => {
    const events = defineEvents({
      tool: event<{ name: string }>(),
      progress: event(percent, { policy: "latest" }),
      plain: percent,
    });
    expect(["tool", "progress", "plain"].map((name) => policyOf(events, name))).toEqual([
      "durable",
      "latest",
      "durable",
    ]);
  });

  test("a narrowed built-in keeps its policy and gets the schema", () => {
    const events = defineEvents({ status: z.object({ status: z.enum(["planning"]) }) });
    expect(policyOf(events, "status")).toBe("latest");
    const data = '{"type":"status","status":"dancing"}';
    expect(() => toEvent({ data }, events)).toThrow(/`status`/);
    expect(() => toEvent({ data })).not.toThrow();
  });

  test("a removed built-in is unknown to the reader", () => {
    const events = defineEvents({ chunk: false });
    const data = '{"type":"chunk","content":"a"}';
    expect(toEvent({ data }, events)).toMatchObject({ type: "unknown", name: "chunk" });
  });

  test("defining leaves the built-in union as it was", () => {
    defineEvents({ status: false, tool: event<object>() });
    expect(baseEvents.definitions.has("status")).toBe(true);
    expect(baseEvents.definitions.has("tool")).toBe(false);
  });
});

describe("any Standard Schema does", () => {
  const events = defineEvents({ progress: percent });

  test("its output is what the reader gets, under the type that was sent", () => {
    expect(toEvent({ data: '{"type":"progress","percent":70}' }, events)).toEqual({
      type: "progress",
      percent: 70,
      half: true,
    });
  });

  test("its issue's path names the field, also as key objects", () => {
    const refused = { code: "INVALID_EVENT", field: "percent" };
    expect(() => toEvent({ data: '{"type":"progress"}' }, events)).toThrow(
      expect.objectContaining(refused),
    );
  });

  test("an event without a schema is not checked: a type alone promises nothing at run time", () => {
    const typed = defineEvents({ tool: event<{ name: string }>() });
    expect(toEvent({ data: '{"type":"tool","name":7}' }, typed)).toEqual({ type: "tool", name: 7 });
  });

  test("a strict schema describes the payload, and `type` is not part of it", () => {
    const strict = defineEvents({ price: z.strictObject({ symbol: z.string() }) });
    const price = { type: "price", symbol: "AAPL" };
    expect(toEvent(toMessage(price, strict), strict)).toEqual(price);
  });

  test("nested agents stay apart: source and parent survive a schema", () => {
    const set = defineEvents({ price: z.object({ symbol: z.string() }) });
    const price = { type: "price", symbol: "AAPL", source: "tool-1", parent: "agent" };
    expect(toEvent(toMessage(price, set), set)).toEqual(price);
  });
});

describe("a schema that answers a promise is refused where it is used", () => {
  const slow: StandardSchema = {
    "~standard": {
      version: 1,
      vendor: "by-hand",
      validate: () => Promise.reject(new Error("nobody waits for this")),
    },
  };

  test.each([
    ["by hand", slow],
    ["zod", z.object({ n: z.number().refine(async () => true) })],
  ])("%s", (_, schema) => {
    const events = defineEvents({ tick: schema });
    const tick = { type: "tick", n: 1 } as AnyEvent;
    expect(() => toMessage(tick, events)).toThrow(/synchronously/);
    expect(() => toEvent({ data: JSON.stringify(tick) }, events)).toThrow(/synchronously/);
  });
});

describe("bad definitions are refused at the door", () => {
  test.each(["done", "error", "unknown", "gap", "rotate", "reset"])(
    "%s belongs to the protocol",
    (name) => {
      expect(() => defineEvents({ [name]: event<object>() })).toThrow(
        `\`${name}\` is reserved and cannot be defined as an event`,
      );
    },
  );

  test.each(["send", "close", "fail", "signal", "isOpen", "desiredSize", "then"])(
    "%s would hide a part of the session",
    (name) => {
      expect(() => defineEvents({ [name]: event<object>() })).toThrow(TypeError);
    },
  );

  test.each([[null], [7], ["text"], [true], [{}], [undefined]])("%j is no definition", (value) => {
    const definitions = { tick: value } as unknown as Definitions;
    expect(() => defineEvents(definitions)).toThrow(/`tick` must be/);
  });

  test("a policy that does not exist", () => {
    expect(() => event({ policy: "fastest" as "latest" })).toThrow(/`policy` must be .*fastest/);
    expect(() => event(percent, { policy: "x" as "latest" })).toThrow(RangeError);
  });
});
