import { describe, expect, test } from "vitest";
import { EncodeError, encodeComment, encodeSSE, SSEError } from "../../src/index.ts";
import { thrownBy } from "../helpers/thrown.ts";

function refusal(encode: () => unknown): EncodeError {
  const error = thrownBy(encode);
  expect(error).toBeInstanceOf(EncodeError);
  return error as EncodeError;
}

describe("a message becomes one frame", () => {
  test.each([
    [{ data: "hello" }, "data: hello\n\n"],
    [{ data: "" }, "data: \n\n"],
    [{ data: " two spaces " }, "data:  two spaces \n\n"],
    [{ data: "a\nb" }, "data: a\ndata: b\n\n"],
    [{ data: "a\n" }, "data: a\ndata: \n\n"],
    [{ data: "\n" }, "data: \ndata: \n\n"],
    [{ data: "a\r\nb\rc\nd" }, "data: a\ndata: b\ndata: c\ndata: d\n\n"],
    [{ data: "a\r\n\r\nb" }, "data: a\ndata: \ndata: b\n\n"],
    [{ data: "Größe 😀" }, "data: Größe 😀\n\n"],
    [{ data: "a\u2028b\u0085c" }, "data: a\u2028b\u0085c\n\n"],
    [{ data: "x", event: "tick" }, "event: tick\ndata: x\n\n"],
    [{ data: "x", id: "7" }, "id: 7\ndata: x\n\n"],
    [{ data: "x", id: "" }, "id: \ndata: x\n\n"],
    [{ data: "x", retry: 0 }, "retry: 0\ndata: x\n\n"],
    [{ data: "x", retry: -0 }, "retry: 0\ndata: x\n\n"],
    [
      { data: "x", event: "e", id: "1-2", retry: 3000 },
      "event: e\nid: 1-2\nretry: 3000\ndata: x\n\n",
    ],
  ])("%j", (message, frame) => {
    expect(encodeSSE(message)).toBe(frame);
  });

  test.each([
    [{ type: "status", status: "läuft" }, 'data: {"type":"status","status":"läuft"}\n\n'],
    [{ a: "x\ny" }, 'data: {"a":"x\\ny"}\n\n'],
    [[1, null, true], "data: [1,null,true]\n\n"],
    [null, "data: null\n\n"],
    [0, "data: 0\n\n"],
    [{ half: "\uD83D" }, 'data: {"half":"\\ud83d"}\n\n'],
  ])("a value that is no string goes out as JSON: %j", (data, frame) => {
    expect(encodeSSE({ data })).toBe(frame);
  });

  test("a field that is undefined is left out, not written as a word", () => {
    const absent = { data: "x", event: undefined, id: undefined, retry: undefined };
    expect(encodeSSE(absent as unknown as { data: string })).toBe("data: x\n\n");
  });
});

describe("what would write a field of its own is refused and named", () => {
  test.each(["a\rb", "a\nb", "a\r\nb", "a\0b", "\n", "\0"])("id and event %j", (value) => {
    for (const field of ["id", "event"] as const) {
      const error = refusal(() => encodeSSE({ data: "x", [field]: value }));
      expect(error).toMatchObject({ code: "INVALID_FIELD", field, name: "EncodeError" });
      expect(error).toBeInstanceOf(SSEError);
    }
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "3000", null])(
    "retry %s",
    (retry) => {
      const error = refusal(() => encodeSSE({ data: "x", retry: retry as number }));
      expect(error).toMatchObject({ code: "INVALID_FIELD", field: "retry" });
    },
  );

  test("an empty event name: a reader would hear `message`", () => {
    const error = refusal(() => encodeSSE({ data: "x", event: "" }));
    expect(error).toMatchObject({ code: "INVALID_FIELD", field: "event" });
  });

  test.each(["id", "event"])("%s that is no string", (field) => {
    const error = refusal(() => encodeSSE({ data: "x", [field]: 7 }));
    expect(error).toMatchObject({ code: "INVALID_FIELD", field });
  });

  test("the message names the field and quotes nothing of the value", () => {
    const error = refusal(() => encodeSSE({ data: "x", id: "s3cret\nid: 9" }));
    expect(error.message).toContain("`id`");
    expect(error.message).not.toContain("s3cret");
  });
});

describe("what cannot be written is refused at the call", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const thrown = new Error("from toJSON");

  test.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a BigInt", 1n],
    ["a BigInt inside", { n: 1n }],
    ["a cycle", cyclic],
    ["an object whose toJSON answers undefined", { toJSON: () => undefined }],
    ["text with a lone surrogate", "a\uD83D"],
  ])("%s", (_, data) => {
    expect(refusal(() => encodeSSE({ data }))).toMatchObject({
      code: "NOT_SERIALISABLE",
      field: "data",
    });
  });

  test("what toJSON throws is kept as the cause", () => {
    const data = {
      toJSON() {
        throw thrown;
      },
    };
    expect(refusal(() => encodeSSE({ data })).cause).toBe(thrown);
  });

  test.each(["id", "event"])("a lone surrogate in %s would arrive as another name", (field) => {
    const error = refusal(() => encodeSSE({ data: "x", [field]: "a\uDE00" }));
    expect(error).toMatchObject({ code: "NOT_SERIALISABLE", field });
  });
});

describe("a comment", () => {
  test.each([
    ["heartbeat", ": heartbeat\n\n"],
    ["", ": \n\n"],
    ["a\nb", ": a\n: b\n\n"],
    ["a\rdata: evil", ": a\n: data: evil\n\n"],
    ["a\r\n\r\nb", ": a\n: \n: b\n\n"],
  ])("%j stays a comment on every line", (text, frame) => {
    expect(encodeComment(text)).toBe(frame);
  });

  test("is refused when it is no well-formed text", () => {
    expect(refusal(() => encodeComment("\uD83D")).code).toBe("NOT_SERIALISABLE");
    expect(refusal(() => encodeComment(7 as unknown as string)).code).toBe("NOT_SERIALISABLE");
  });
});
