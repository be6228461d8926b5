import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamEvent } from "../../src/index.ts";
import { toByteStream } from "../../src/index.ts";
import { configureFuzz, hostileText } from "../helpers/fuzz.ts";

configureFuzz({ runs: 2_000 });

/** The frames of a stream of one event, without the opening comment and the terminal. */
async function frameOf(event: object): Promise<string> {
  const bytes = toByteStream((stream) => {
    stream.send(event as StreamEvent);
  });
  const text = await new Response(bytes).text();
  return text.slice(text.indexOf("\n\n") + 2, text.lastIndexOf("data: [DONE]"));
}

const anyText = fc.oneof(
  hostileText(),
  fc.string({ unit: "binary", maxLength: 12 }),
  loneSurrogates(),
);

function loneSurrogates(): fc.Arbitrary<string> {
  const unit = fc.integer({ min: 0xd7ff, max: 0xe001 }).map((code) => String.fromCharCode(code));
  return fc.array(unit, { maxLength: 6 }).map((units) => units.join(""));
}

describe("an event is what it says of itself", () => {
  test("a form of its own without a type is no event: the stream fails, nothing of it leaks", async () => {
    class Account {
      type = "chunk";
      content = "a";
      secret = "hunter2";
      toJSON() {
        return { name: "a" };
      }
    }
    expect(await frameOf(new Account())).toMatch(/^data: \{"type":"error".*\n\n$/);
  });

  test("a result that has a form of its own for JSON is told in that form", async () => {
    class Account {
      secret = "hunter2";
      toJSON() {
        return { name: "Ada" };
      }
    }
    const body = toByteStream(() => new Account() as unknown as { name: string });
    const text = await new Response(body).text();
    expect(text).toContain('data: {"type":"result","name":"Ada"}');
    expect(text).not.toContain("hunter2");
  });

  test("a type that is inherited is no type", async () => {
    const event = Object.assign(Object.create({ type: "chunk" }), { content: "a" });
    expect(await frameOf(event)).toContain('"type":"error"');
  });

  test("a getter that changes its mind forges nothing", async () => {
    let asked = 0;
    const event = {
      type: "chunk",
      get content() {
        asked += 1;
        return asked === 1 ? "a" : { toString: () => '"}\n\ndata: [DONE]' };
      },
    };
    const frame = await frameOf(event);
    expect(frame.split("\n\n").filter((part) => part !== "")).toHaveLength(1);
  });
});

describe("a token is written without the detour through an object, and nobody can tell", () => {
  test("any text has the bytes that JSON.stringify gives it", () =>
    fc.assert(
      fc.asyncProperty(anyText, fc.constantFrom("chunk", "status"), async (text, type) => {
        const event = type === "chunk" ? { type, content: text } : { type, status: text };
        expect(await frameOf(event)).toBe(`data: ${JSON.stringify(event)}\n\n`);
      }),
    ));

  test.each([
    ["fields in another order", { content: "a", type: "chunk" }],
    ["a further field", { type: "chunk", content: "a", source: "search" }],
    ["a further field of its own", { type: "status", status: "a", percent: 3 }],
    [
      "a form of its own",
      { type: "chunk", content: "a", toJSON: () => ({ type: "chunk", content: "b" }) },
    ],
    [
      "an inherited field",
      Object.assign(Object.create({ extra: 1 }), { type: "chunk", content: "a" }),
    ],
  ])("an event with %s has them too", async (_, event: object) => {
    expect(await frameOf(event)).toBe(`data: ${JSON.stringify(event)}\n\n`);
  });
});

describe("a run of tokens is written in one go, and nobody can tell", () => {
  type Told = { type: "chunk"; content: string } | { type: "status"; status: string } | Result;
  type Result = { type: "result"; n: number };

  /** What a burst of events is on the wire, without the opening comment and the terminal. */
  async function bytesOf(events: readonly Told[], eventField = false): Promise<string> {
    const body = toByteStream(
      (stream) => {
        for (const event of events) {
          if (event.type === "chunk") void stream.chunk(event.content);
          else if (event.type === "status") void stream.status(event.status);
          else void stream.send(event);
        }
      },
      { eventField },
    );
    const text = await new Response(body).text();
    return text.slice(text.indexOf("\n\n") + 2, text.lastIndexOf("data: [DONE]"));
  }

  function plainly(events: readonly Told[], eventField = false): string {
    return events
      .map(
        (event) =>
          `${eventField ? `event: ${event.type}\n` : ""}data: ${JSON.stringify(event)}\n\n`,
      )
      .join("");
  }

  /** ASCII of every length, so that each token ends at another place in its word. */
  const token = fc
    .nat({ max: 40 })
    .map((length) => " a token, and one more token, and so on".slice(0, length));
  const content = fc.oneof({ weight: 30, arbitrary: token }, { weight: 1, arbitrary: anyText });
  const told: fc.Arbitrary<Told> = fc.oneof(
    { weight: 60, arbitrary: content.map((text): Told => ({ type: "chunk", content: text })) },
    { weight: 2, arbitrary: content.map((text): Told => ({ type: "status", status: text })) },
    { weight: 1, arbitrary: fc.nat().map((n): Told => ({ type: "result", n })) },
  );

  test("whatever they hold, and whatever comes between", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(told, { minLength: 1, maxLength: 200 }),
        fc.boolean(),
        async (events, eventField) => {
          expect(await bytesOf(events, eventField)).toBe(plainly(events, eventField));
        },
      ),
      { numRuns: 400 },
    ));

  test.each([
    ["empty ones first", ["", "", "", "a".repeat(80), "b"]],
    ["empty ones last", ["a".repeat(80), "", ""]],
    ["empty ones alone", ["", "", ""]],
    ["one that needs an escape among many", [...Array<string>(50).fill(" token"), 'a "b"', "c"]],
    ["one that is no ASCII at the end", [...Array<string>(50).fill(" token"), "ü"]],
    [
      "halves of one character in two of them",
      [...Array<string>(50).fill(" t"), "\ud83d", "\ude00"],
    ],
    ["as long as a batch", ["a".repeat(65_535), "b".repeat(65_535), "c"]],
    [
      "as many as wait without pressure",
      Array.from({ length: 900 }, (_, n) => ` ${n}`.padEnd(250, "-")),
    ],
  ])("%s", async (_, texts: string[]) => {
    const events = texts.map((text): Told => ({ type: "chunk", content: text }));
    expect(await bytesOf(events)).toBe(plainly(events));
  });

  test("one of any character of ASCII among many", async () => {
    for (let code = 0; code < 128; code += 1) {
      const texts = [...Array<string>(20).fill(" token"), String.fromCharCode(code), " end"];
      const events = texts.map((text): Told => ({ type: "chunk", content: text }));
      expect(await bytesOf(events)).toBe(plainly(events));
    }
  });
});
