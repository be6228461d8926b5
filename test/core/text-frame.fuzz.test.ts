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
      "an inherited form",
      Object.assign(Object.create({ toJSON: () => ({ x: 1 }) }), { type: "chunk", content: "a" }),
    ],
    [
      "an inherited field",
      Object.assign(Object.create({ extra: 1 }), { type: "chunk", content: "a" }),
    ],
  ])("an event with %s has them too", async (_, event: object) => {
    expect(await frameOf(event)).toBe(`data: ${JSON.stringify(event)}\n\n`);
  });
});
