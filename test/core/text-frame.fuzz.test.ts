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
