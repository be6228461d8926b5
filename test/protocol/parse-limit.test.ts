import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createSSEParser, DecodeError, parseSSE, type SSEMessage } from "../../src/index.ts";
import { everySlicing, toBytes } from "../helpers/every-slicing.ts";
import { thrownBy } from "../helpers/thrown.ts";

const LIMIT = { maxEventBytes: 64 };

interface Read {
  messages: string[];
  code: string | undefined;
}

function readLimited(slices: Iterable<Uint8Array>, limit = LIMIT): Read {
  const messages: string[] = [];
  const parser = createSSEParser({ onMessage: ({ data }) => messages.push(data) }, limit);
  try {
    for (const slice of slices) parser.feed(slice);
    return { messages, code: undefined };
  } catch (error) {
    return { messages, code: (error as DecodeError).code };
  }
}

/** Feeds `line` and then `piece` for ever. Answers how much was taken before it was refused. */
function flood(line: string, piece: string, stopAt = 1_000_000): number {
  const parser = createSSEParser({ onMessage: () => {} }, LIMIT);
  const bytes = toBytes(piece);
  let fed = 0;
  const error = thrownBy(() => {
    parser.feed(toBytes(line));
    for (; fed < stopAt; fed += bytes.length) parser.feed(bytes);
  });
  expect(error).toMatchObject({ name: "DecodeError", code: "EVENT_TOO_LARGE" });
  return fed;
}

describe("a message at the limit passes, one unit more does not, wherever it is cut", () => {
  const a = (count: number) => "a".repeat(count);

  test.each([
    ["one line", `data: ${a(64)}\n\n`, `data: ${a(65)}\n\n`],
    ["without the space", `data:${a(64)}\n\n`, `data:${a(65)}\n\n`],
    ["two lines", `data: ${a(31)}\ndata: ${a(32)}\n\n`, `data: ${a(32)}\ndata: ${a(32)}\n\n`],
    ["CRLF", `data: ${a(64)}\r\n\r\n`, `data: ${a(65)}\r\n\r\n`],
    ["one unit each", `data: ${"€".repeat(64)}\n\n`, `data: ${"€".repeat(65)}\n\n`],
    ["two units each", `data: ${"😀".repeat(32)}\n\n`, `data: ${"😀".repeat(32)}a\n\n`],
  ])("%s", (_, fits, tooLarge) => {
    for (const slices of everySlicing(toBytes(fits))) {
      expect(readLimited(slices)).toMatchObject({
        messages: [expect.any(String)],
        code: undefined,
      });
    }
    for (const slices of everySlicing(toBytes(tooLarge))) {
      expect(readLimited(slices)).toEqual({ messages: [], code: "EVENT_TOO_LARGE" });
    }
  });

  test("the limit counts one message: many small ones pass", () => {
    const stream = toBytes(`data: ${a(60)}\n\n`.repeat(50));
    expect(readLimited([stream]).messages).toHaveLength(50);
  });

  test("good messages in front of a large one are delivered, nothing after it", () => {
    const stream = toBytes(`data: good\n\ndata: ${a(65)}\n\ndata: late\n\n`);
    expect(readLimited([stream])).toEqual({ messages: ["good"], code: "EVENT_TOO_LARGE" });
  });
});

describe("a hostile stream stays small in memory", () => {
  test.each(["data: ", "event: ", "id: "])("a %s line that never ends", (line) => {
    expect(flood(line, "xxxxxxxxxx")).toBeLessThanOrEqual(70);
  });

  test("data lines that never end in a blank line", () => {
    expect(flood("", "data: xxxx\n")).toBeLessThanOrEqual(200);
  });

  test("empty data lines that never end in a blank line", () => {
    expect(flood("", "data\n")).toBeLessThanOrEqual(400);
  });

  test("characters of three bytes: at most three times the limit is held", () => {
    expect(flood("data: ", "€")).toBeLessThanOrEqual(3 * 70);
  });

  test("once refused, always refused", () => {
    const parser = createSSEParser({ onMessage: () => {} }, LIMIT);
    expect(() => parser.feed(toBytes(`data: ${"x".repeat(65)}\n\n`))).toThrow(DecodeError);
    expect(() => parser.feed(toBytes("data: b\n\n"))).toThrow(DecodeError);
  });

  test("a long event name inside one chunk is refused like one that comes in slices", () => {
    const stream = toBytes(`event: ${"x".repeat(1_000)}\ndata: a\n\n`);
    expect(readLimited([stream]).code).toBe("EVENT_TOO_LARGE");
  });

  test("the reader's ID stays at the last message that it got", () => {
    const messages: SSEMessage[] = [];
    const parser = createSSEParser({ onMessage: (message) => messages.push(message) }, LIMIT);
    parser.feed(toBytes("id: 1\ndata: a\n\n"));
    const large = toBytes(`id: 2\ndata: ${"x".repeat(65)}\n\n`);
    expect(() => parser.feed(large)).toThrow(DecodeError);
    expect(messages).toEqual([{ data: "a", id: "1" }]);
    expect(parser.lastEventId).toBe("1");
  });

  test("the error names the limit and quotes nothing", () => {
    const error = thrownBy(() => parseSSE(`data: s3cret${"x".repeat(65)}\n\n`, LIMIT)) as Error;
    expect(error.message).toContain("64");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });
});

describe("the limit itself", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "%s is refused",
    (maxEventBytes) => {
      expect(() => createSSEParser({ onMessage: () => {} }, { maxEventBytes })).toThrow(
        /`maxEventBytes` must be a positive integer, got /,
      );
    },
  );

  test("without one, 16 MiB pass and one byte more does not", () => {
    const line = (size: number) => toBytes(`data: ${"x".repeat(size)}\n\n`);
    const limit = 16 * 1024 * 1024;
    expect(readLimited([line(limit)], {} as typeof LIMIT).messages).toHaveLength(1);
    expect(readLimited([line(limit + 1)], {} as typeof LIMIT).code).toBe("EVENT_TOO_LARGE");
  });
});
