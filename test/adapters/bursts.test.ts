// What a burst of tokens is on a real socket, where ASCII leaves as text and all else as bytes.
import { describe, expect, test } from "vitest";
import { handlers, openResponse } from "./writes.ts";

const tokens = Array.from({ length: 60 }, (_, n) => ` a token, and number ${n}`);

const bursts: [string, string[]][] = [
  ["ASCII alone", tokens],
  ["one that is no ASCII at the end", [...tokens, "ü"]],
  ["one that is no ASCII at the beginning", ["ü", ...tokens]],
  ["halves of one character in two of them", [...tokens, "\ud83d", "\ude00"]],
  ["halves of one character in two short ones", ["\ud83d", "\ude00"]],
  ["an emoji among them", [...tokens, "😀", ...tokens]],
  ["an empty one first and last", ["", ...tokens, ""]],
  ["few and short ones", ["a", "ü", "\n"]],
  ["each character of ASCII", Array.from({ length: 128 }, (_, n) => String.fromCharCode(n))],
];

describe.each(handlers)("%s: the bytes of a burst are what JSON writes", (_, handler) => {
  async function bodyOf(told: object[]): Promise<string> {
    const producer = handler((stream) => {
      for (const event of told) void stream.send(event as { type: "chunk"; content: string });
    });
    const reader = await openResponse(producer, () => {});
    const body = await reader.rest();
    return body.slice(body.indexOf("data: "), body.lastIndexOf("data: [DONE]"));
  }

  function written(told: object[]): string {
    return told.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  }

  test.each(bursts)("%s", async (__, texts) => {
    const told = texts.map((content) => ({ type: "chunk", content }));
    expect(await bodyOf(told)).toBe(written(told));
  });

  test("one token with each character of ASCII among many without", async () => {
    for (let code = 0; code < 128; code += 1) {
      const texts = [...tokens, String.fromCharCode(code), ...tokens];
      const told = texts.map((content) => ({ type: "chunk", content }));
      expect(await bodyOf(told)).toBe(written(told));
    }
  });

  test("two runs with something else between them, in any script", async () => {
    for (const between of ["a", "ü", "\n"]) {
      const run = tokens.map((content) => ({ type: "chunk", content }));
      const told = [...run, { type: "result", n: 1, between }, ...run];
      expect(await bodyOf(told)).toBe(written(told));
    }
  });
});
