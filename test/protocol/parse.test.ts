import { describe, expect, test } from "vitest";
import { createSSEParser, parseSSE, type SSEMessage } from "../../src/index.ts";
import { everySlicing, toBytes } from "../helpers/every-slicing.ts";

/** What a reader gets of `text`, which must be the same wherever the network cuts it. */
function read(text: string): SSEMessage[] {
  const bytes = toBytes(text);
  const whole = parseSSE(bytes);
  for (const slices of everySlicing(bytes)) expect(parseSSE(slices)).toEqual(whole);
  return whole;
}

function dataOf(text: string): string[] {
  return read(text).map((message) => message.data);
}

describe("lines", () => {
  test.each(["\n", "\r", "\r\n"])("%j ends a line, wherever it is cut", (end) => {
    const stream = ["event: tick", "id: 1", "data: a", "data: b", "", "data: c", "", ""].join(end);
    expect(read(stream)).toEqual([
      { data: "a\nb", event: "tick", id: "1" },
      expect.objectContaining({ data: "c" }),
    ]);
  });

  test("a CRLF split across two reads ends one line, not two", () => {
    const bytes = toBytes("data: a\r\ndata: b\r\n\r\n");
    const afterTheFirstCR = bytes.indexOf(13) + 1;
    const slices = [bytes.subarray(0, afterTheFirstCR), bytes.subarray(afterTheFirstCR)];
    expect(parseSSE(slices)).toEqual([{ data: "a\nb" }]);
  });

  test("line ends may be mixed in one stream", () => {
    expect(dataOf("data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\n")).toEqual(["a\nb\nc", "d"]);
  });

  test.each(["\u2028", "\u2029", "\u0085", "\v", "\f"])("%j ends no line", (character) => {
    expect(dataOf(`data: a${character}b\n\n`)).toEqual([`a${character}b`]);
  });

  test("one space after the colon is dropped, and no more", () => {
    expect(dataOf("data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\n")).toEqual([
      "a",
      "a",
      " a",
      "\ta",
    ]);
  });

  test("a payload with colons is whole", () => {
    expect(dataOf("data: a: b:c\n\n")).toEqual(["a: b:c"]);
  });

  test("comments, unknown fields and stray blank lines bring nothing", () => {
    expect(dataOf("\n\n: heartbeat\n\nnothing: x\nfoo\n\ndata: a\n: between\ndata: b\n\n")).toEqual(
      ["a\nb"],
    );
  });

  test("names of fields are case-sensitive", () => {
    expect(dataOf("Data: x\nDATA: y\n\n")).toEqual([]);
  });
});

describe("the beginning and the end", () => {
  test("one BOM is dropped, a second one is not", () => {
    expect(dataOf("\uFEFFdata: a\n\n")).toEqual(["a"]);
    expect(dataOf("\uFEFF\uFEFFdata: a\n\ndata: b\n\n")).toEqual(["b"]);
  });

  test("a BOM inside the stream is data", () => {
    expect(dataOf("data: \uFEFFa\n\n")).toEqual(["\uFEFFa"]);
  });

  test("an empty first read does not use up the BOM", () => {
    const slices = [new Uint8Array(0), toBytes("\uFEFFdata: a\n\n")];
    expect(parseSSE(slices)).toEqual([{ data: "a" }]);
  });

  test("a message without its blank line is discarded", () => {
    expect(dataOf("data: a\n\ndata: half")).toEqual(["a"]);
    expect(dataOf("data: a\n\ndata: half\n")).toEqual(["a"]);
  });

  test("characters of two, three and four bytes survive every cut", () => {
    expect(dataOf("data: äß €見 😀🏳️‍🌈\n\n")).toEqual(["äß €見 😀🏳️‍🌈"]);
  });
});

describe("data", () => {
  test("empty data is a message with an empty payload, no data at all is none", () => {
    expect(dataOf("data\n\ndata:\n\ndata: \n\nevent: tick\n\n")).toEqual(["", "", ""]);
  });

  test("a trailing newline of the payload survives", () => {
    expect(dataOf("data: a\ndata:\n\n")).toEqual(["a\n"]);
  });

  test("an event name holds for one message only", () => {
    expect(read("event: a\ndata: 1\n\ndata: 2\n\nevent: b\n\ndata: 3\n\n")).toEqual([
      { data: "1", event: "a" },
      { data: "2" },
      { data: "3" },
    ]);
  });

  test("text, bytes and slices read alike", () => {
    const text = "data: ä\n\n";
    expect(parseSSE(text)).toEqual([{ data: "ä" }]);
    expect(parseSSE(toBytes(text))).toEqual([{ data: "ä" }]);
    expect(parseSSE([toBytes(text)])).toEqual([{ data: "ä" }]);
  });
});

describe("last event ID and reconnection time", () => {
  function lastEventId(text: string): string | undefined {
    const parser = createSSEParser({ onMessage: () => {} });
    parser.feed(toBytes(text));
    return parser.lastEventId;
  }

  test("a message without an ID leaves it as it is", () => {
    expect(lastEventId("id: 7\ndata: a\n\ndata: b\n\n")).toBe("7");
  });

  test("none so far and an empty one are two answers", () => {
    expect(lastEventId("data: a\n\n")).toBeUndefined();
    expect(lastEventId("id: 7\ndata: a\n\nid\ndata: b\n\n")).toBe("");
  });

  test("an ID with NUL is ignored", () => {
    expect(lastEventId("id: 7\ndata: a\n\nid: 8\0\ndata: b\n\n")).toBe("7");
  });

  test("an ID without data moves it too, once its block is complete", () => {
    expect(lastEventId("id: 7\n\n")).toBe("7");
  });

  test("a message that was cut does not move it", () => {
    const parser = createSSEParser({ onMessage: () => {} });
    parser.feed(toBytes("id: 7\ndata: a\n\nid: 8\ndata: b\n"));
    expect(parser.lastEventId).toBe("7");
  });

  test.each(["3000ms", "-1", "1.5", "", "٣", "0x10", " 5"])("retry %j is ignored", (value) => {
    const times: number[] = [];
    const parser = createSSEParser({ onMessage: () => {}, onRetry: (ms) => times.push(ms) });
    parser.feed(toBytes(`retry: ${value}\ndata: a\n\n`));
    expect(times).toEqual([]);
  });

  test("retry of digits is told at once and with the next message", () => {
    const times: number[] = [];
    const parser = createSSEParser({ onMessage: () => {}, onRetry: (ms) => times.push(ms) });
    parser.feed(toBytes("retry: 0\n\nretry: 30"));
    parser.feed(toBytes("00\n"));
    expect(times).toEqual([0, 3000]);
    expect(read("retry: 3000\ndata: a\n\ndata: b\n\n")).toEqual([
      { data: "a", retry: 3000 },
      { data: "b" },
    ]);
  });

  test("each ID is told once, before its message; one that is refused takes its message with it", () => {
    const told: string[] = [];
    const parser = createSSEParser({
      onMessage: ({ data }) => told.push(data),
      onId(id) {
        told.push(`#${id}`);
        return id !== "2";
      },
    });
    parser.feed(toBytes("id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\nid: 2\n\n"));
    expect(told).toEqual(["#1", "a", "#2", "c", "#2"]);
    parser.feed(toBytes("data: d\n\nid: 3\n\nid: 4\ndata: e\n\n"));
    expect(told.slice(5)).toEqual(["d", "#3", "#4", "e"]);
  });

  test("comments are told, so that silence and heartbeats can be told apart", () => {
    const comments: string[] = [];
    const parser = createSSEParser({ onMessage: () => {}, onComment: (c) => comments.push(c) });
    parser.feed(toBytes(": open\n\n:heartbeat\n\n"));
    expect(comments.map((comment) => comment.trim())).toEqual(["open", "heartbeat"]);
  });
});
