import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeComment, encodeFrames, encodeSSE, EncodeError } from "../../src/index.ts";
import type { EncodableMessage } from "../../src/index.ts";
import { configureFuzz, hostileText } from "../helpers/fuzz.ts";

configureFuzz({ runs: 400 });

type Frame = string | EncodableMessage;

/** What the frames are, put together in the plainest way. */
function plainly(frames: readonly Frame[]): Buffer {
  const texts = frames.map((frame) => (typeof frame === "string" ? frame : encodeSSE(frame)));
  return Buffer.from(texts.join(""));
}

/** Whether they are encoded as that. */
function isPlain(frames: readonly Frame[]): boolean {
  return plainly(frames).equals(encodeFrames(frames));
}

/** Lines of ASCII: of any length, so that each of them ends at another place in its word. */
function manyLines(): fc.Arbitrary<string> {
  const line = fc.nat({ max: 70 }).map((length) => "a line of text, ".repeat(5).slice(0, length));
  return fc.array(line, { minLength: 20, maxLength: 400 }).map((lines) => lines.join("\n"));
}

const messages: fc.Arbitrary<EncodableMessage> = fc.record(
  {
    data: fc.oneof(
      manyLines(),
      // One character is enough to make it a text of another kind.
      fc
        .tuple(manyLines(), fc.constantFrom("é", "世", "🙂", "\r", "\0"))
        .map((two) => two.join("")),
      hostileText(),
      fc.jsonValue(),
    ),
    event: fc.constantFrom("log", "größe"),
    id: fc.constantFrom("1", "7-0"),
    retry: fc.nat(),
  },
  { requiredKeys: ["data"] },
);

describe("frames and messages become the bytes that they are", () => {
  test("whatever they hold, in whatever order", () => {
    const frame = fc.oneof(messages, messages.map(encodeSSE), fc.constant(encodeComment("beat")));
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), (frames) => {
        expect(isPlain(frames)).toBe(true);
      }),
    );
  });

  test.each([
    ["nothing but line ends", "\n".repeat(5_000)],
    ["nothing but line ends, more than find a place", "\n".repeat(120_000)],
    ["one long line and an empty one", `${"x".repeat(3_000)}\n`],
    ["a line end first", `\n${"x".repeat(3_000)}`],
    ["line ends of the other kinds", "a\r\nb\rc\n".repeat(500)],
    ["half a megabyte of lines", "a line that is neither long nor short\n".repeat(14_000)],
  ])("%s", (_, data) => {
    for (const before of ["", ": a\n\n", ": ab\n\n", ": abc\n\n"]) {
      expect(isPlain([before, { data }, { data }, encodeComment("beat")])).toBe(true);
    }
  });

  test("up to the last byte of the room that they are encoded in, and over it", () => {
    const data = `${"x".repeat(60_000)}\n${"y".repeat(60_000)}`;
    const left = 384 * 1024 - 3 * plainly([{ data }]).length - plainly([{ data: "\nz" }]).length;
    for (let more = -40; more < 20; more += 1) {
      const last = { data: `${"z".repeat(left + more)}\nz` };
      expect(
        isPlain([{ data }, { data }, { data }, last, ...(more % 2 ? [encodeComment("a")] : [])]),
      ).toBe(true);
    }
  });

  test("up to the last byte of the room that their lines are copied from, and over it", () => {
    for (let more = -5; more < 5; more += 1) {
      expect(
        isPlain([{ data: `${"x".repeat(60_001)}\n${"y".repeat(128 * 1024 - 60_002 + more)}` }]),
      ).toBe(true);
    }
  });

  test("a text that just fills that room and is no ASCII is not taken for it", () => {
    for (const [first, last] of ["é", "世", "🙂"].flatMap((a) => [
      [a, ""],
      ["x", a],
      [a, a],
    ])) {
      for (let length = 128 * 1024 - 6; length <= 128 * 1024; length += 1) {
        const head = `${"x".repeat(100)}${first}\n`;
        const data = `${head}${"x".repeat(length - head.length - (last as string).length)}${last}`;
        expect(isPlain([{ data }])).toBe(true);
      }
    }
  });

  test("what a message is, is read once: what it answers the second time goes nowhere", () => {
    const answers = ["a line\n".repeat(300), "a\rid: 666\rdata: forged\r\r"];
    const message = {
      get data() {
        return answers.shift() ?? "none";
      },
    };
    const plain = Buffer.from(encodeSSE({ data: answers[0] }));
    expect(plain.equals(encodeFrames([message]))).toBe(true);
  });

  test("what JSON asks is asked once, also where nothing finds a place", () => {
    let asked = 0;
    encodeFrames([{ data: { toJSON: () => (asked += 1) } }, { data: "y".repeat(140_000) }]);
    expect(asked).toBe(1);
  });

  test.each([
    ["nothing", undefined, "`frames` must be an array, got undefined"],
    ["a message without brackets", { data: "a" }, "`frames` must be an array, got object"],
    ["a text", "data: a", "`frames` must be an array, got string"],
    ["a number among them", [5], "`frames` must be of type object, got 5"],
  ])("%s is refused", (_, frames, message) => {
    expect(() => encodeFrames(frames as never)).toThrow(message);
  });

  test("a message that encodes others while it is encoded: none is written over", () => {
    const inner = { data: "b\n".repeat(2_000) };
    const data = { toJSON: () => encodeFrames([inner]).length };
    expect(isPlain([encodeSSE({ data: "a".repeat(3_000) }), { data }, inner])).toBe(true);
  });

  test("an unmatched half of a pair in a text of many lines is refused, as `encodeSSE` does", () => {
    const data = `${"a line\n".repeat(1_000)}\ud800`;
    expect(() => encodeFrames([{ data }])).toThrow(EncodeError);
    expect(() => encodeFrames([{ data: "a\n".repeat(1_000), id: "a\nb" }])).toThrow(EncodeError);
    expect(isPlain([{ data: "after it" }])).toBe(true);
  });
});
