import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { EventSet, EventStream } from "../../src/client/index.ts";
import { DecodeError, readEvents, RemoteError, StreamCutError } from "../../src/client/index.ts";
import { defineEvents, event } from "../../src/index.ts";
import { cutAt, toBytes } from "../helpers/every-slicing.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";

const frame = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const CHUNKS =
  frame({ type: "chunk", content: "50,0" }) + frame({ type: "chunk", content: "00 €" });
const RESULT = frame({ type: "result", content: "50,000 €" });
const DONE = "data: [DONE]\n\n";
const WHOLE = `: open heartbeatMs=15000\n\n${CHUNKS}: heartbeat\n\n${RESULT}${DONE}`;

/** Reads to the end. What the loop throws is an answer too. */
async function readAll<Set extends EventSet>(stream: EventStream<Set>) {
  const events: unknown[] = [];
  let thrown: unknown;
  try {
    for await (const one of stream) events.push(one);
  } catch (error) {
    thrown = error;
  }
  return { events, thrown, ...(await stream.ended) };
}

const read = (text: string) => readAll(readEvents(eventStream(text)));

describe("the outcome is the truth", () => {
  test("completed: with its result and all of its text", async () => {
    const { events, thrown, outcome, result, text, error } = await read(WHOLE);
    expect(events).toHaveLength(3);
    expect({ thrown, outcome, result, text, error }).toEqual({
      thrown: undefined,
      outcome: "completed",
      result: { content: "50,000 €" },
      text: "50,000 €",
      error: undefined,
    });
  });

  test("cut cleanly after any byte before the terminal: truncated, and the loop throws", async () => {
    const bytes = toBytes(WHOLE);
    for (let at = 0; at < bytes.length; at += 1) {
      const { outcome, thrown, text } = await readAll(
        readEvents(eventStream(new Uint8Array(bytes.subarray(0, at)))),
      );
      expect([at, outcome]).toEqual([at, "truncated"]);
      expect(thrown).toBeInstanceOf(StreamCutError);
      expect(thrown).toMatchObject({ code: "TRUNCATED" });
      expect("50,000 €".startsWith(text)).toBe(true);
    }
  });

  test("broken after any byte before the terminal: dropped, and the cause is kept", async () => {
    const bytes = toBytes(WHOLE);
    for (let at = 0; at < bytes.length; at += 3) {
      const { body } = bodyOf([bytes.subarray(0, at)], "breaks");
      const { outcome, thrown } = await readAll(readEvents(eventStream(body)));
      expect([at, outcome]).toEqual([at, "dropped"]);
      expect(thrown).toMatchObject({ code: "DROPPED", cause: { message: "terminated" } });
    }
  });

  test("bytes cut anywhere bring the same events", async () => {
    const bytes = toBytes(WHOLE);
    const { events } = await read(WHOLE);
    for (let at = 0; at <= bytes.length; at += 1) {
      const { body } = bodyOf(cutAt(bytes, [at]));
      const seen = await readAll(readEvents(eventStream(body)));
      expect(seen).toMatchObject({ events, outcome: "completed" });
    }
  });

  test.each([
    ["INTERNAL", "failed"],
    [undefined, "failed"],
    ["DROPPED", "dropped"],
    ["ABORTED", "aborted"],
  ])("an error event with code %s is %s: an event, and no throw", async (code, outcome) => {
    const told = { type: "error", message: "s3cret", ...(code && { code }) };
    for (const end of [DONE, ""]) {
      const seen = await read(CHUNKS + frame(told) + end);
      expect(seen).toMatchObject({ outcome, thrown: undefined, text: "50,000 €" });
      expect(seen.events.at(-1)).toEqual(told);
      expect(seen.error).toBeInstanceOf(RemoteError);
      expect(seen.error).toMatchObject({ event: told });
      expect((seen.error as Error).message).not.toContain("s3cret");
    }
  });

  test("what comes after the terminal is not read", async () => {
    const { events, outcome } = await read(DONE + CHUNKS);
    expect({ events, outcome }).toEqual({ events: [], outcome: "completed" });
  });
});

describe("what is no event fails the stream after what was good, and quotes nothing", () => {
  test.each([
    ["broken JSON", 'data: {"type":"chunk","content":"s3cret\n\n', { code: "INVALID_JSON" }],
    [
      "a malformed event",
      frame({ type: "chunk", content: ["s3cret"] }),
      { code: "INVALID_EVENT", field: "content" },
    ],
  ])("%s", async (_, bad, error) => {
    const seen = await read(CHUNKS + bad + DONE);
    expect(seen).toMatchObject({ outcome: "failed", text: "50,000 €", thrown: error });
    expect(seen.events).toHaveLength(2);
    expect(seen.thrown).toBeInstanceOf(DecodeError);
    expect(seen.error).toBe(seen.thrown);
    expect(inspect(seen.thrown, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });

  test("a message over the limit, also in the chunk of good ones; the body is let go", async () => {
    const large = frame({ type: "chunk", content: "s3cret".repeat(100) });
    const { body, cancelled } = bodyOf([CHUNKS + large], "stays");
    const seen = await readAll(readEvents(eventStream(body), { maxEventBytes: 200 }));
    expect(seen).toMatchObject({ outcome: "failed", thrown: { code: "EVENT_TOO_LARGE" } });
    expect(seen.events).toHaveLength(2);
    expect(inspect(seen.thrown, { depth: 9, showHidden: true })).not.toContain("s3cret");
    expect(cancelled()).toBe(1);
  });

  test("a line that never ends does not fill the memory", async () => {
    let pulled = 0;
    const endless = (function* () {
      for (;;) {
        pulled += 1;
        yield "x".repeat(1_000);
      }
    })();
    const { body, cancelled } = bodyOf(
      (function* () {
        yield "data: ";
        yield* endless;
      })(),
    );
    const { outcome } = await readAll(readEvents(eventStream(body), { maxEventBytes: 10_000 }));
    expect(outcome).toBe("failed");
    expect(pulled).toBeLessThan(15);
    expect(cancelled()).toBe(1);
  });

  test("[DONE], blank data, comments, unknown and extra fields are no failure", async () => {
    const unknown = { type: "reasoning", text: "hm" };
    const text = `data:\n\ndata:  \n\n: x\n\n${frame(unknown)}${frame({ type: "chunk", content: "a", extra: 1 })}${DONE}`;
    const { events, outcome } = await read(text);
    expect(outcome).toBe("completed");
    expect(events).toEqual([
      { type: "unknown", name: "reasoning", value: unknown },
      { type: "chunk", content: "a", extra: 1 },
    ]);
  });
});

test("chunks of one's own shape do not write `undefined` into the text", async () => {
  const events = defineEvents({ chunk: event<{ delta: string }>() });
  const body = eventStream(frame({ type: "chunk", delta: "a" }) + DONE);
  expect(await readAll(readEvents(body, { events }))).toMatchObject({
    outcome: "completed",
    text: "",
  });
});

describe("a response that is no event stream is refused before anything is parsed", () => {
  const html = "<html>log in: s3cret</html>";

  test.each([
    [
      "a login page with 200",
      { headers: { "content-type": "text/html" } },
      "NOT_AN_EVENT_STREAM",
      false,
    ],
    ["no content type", { headers: {} }, "NOT_AN_EVENT_STREAM", false],
    ["402", { status: 402 }, "CONNECT_REFUSED", false],
    ["401", { status: 401 }, "CONNECT_REFUSED", false],
    ["201", { status: 201 }, "CONNECT_REFUSED", false],
    ["408", { status: 408 }, "CONNECT_REFUSED", true],
    ["425", { status: 425 }, "CONNECT_REFUSED", true],
    ["429", { status: 429 }, "CONNECT_REFUSED", true],
    ["500", { status: 500 }, "CONNECT_REFUSED", true],
    ["503", { status: 503 }, "CONNECT_REFUSED", true],
  ])("%s", async (_, init: ResponseInit, code, retriable) => {
    const response = new Response(new TextEncoder().encode(html), init);
    const { outcome, thrown, events } = await readAll(readEvents(response));
    expect({ outcome, events }).toEqual({ outcome: "failed", events: [] });
    const status = init.status ?? 200;
    expect(thrown).toMatchObject({ name: "ConnectError", code, retriable, status, body: html });
    expect((thrown as Error).message).not.toContain("s3cret");
  });

  test.each(["text/event-stream;charset=utf-8", "Text/Event-Stream; charset=x"])(
    "%s is one",
    async (type) => {
      const response = new Response(WHOLE, { headers: { "content-type": type } });
      expect(await readAll(readEvents(response))).toMatchObject({ outcome: "completed" });
    },
  );

  test("a missing body", async () => {
    const { outcome, thrown } = await readAll(readEvents(eventStream(null)));
    expect(outcome).toBe("failed");
    expect(thrown).toMatchObject({ name: "ConnectError", status: 200 });
  });

  test("but 204 says that nothing more will come, and is no failure", async () => {
    const { outcome, thrown } = await readAll(readEvents(new Response(null, { status: 204 })));
    expect({ outcome, thrown }).toEqual({ outcome: "completed", thrown: undefined });
  });

  test("64 KiB of the refusal are kept, the rest is let go", async () => {
    const { body, cancelled } = bodyOf(
      (function* () {
        for (;;) yield "y".repeat(10_000);
      })(),
    );
    const { thrown } = await readAll(readEvents(new Response(body, { status: 500 })));
    expect((thrown as { body: string }).body).toHaveLength(64 * 1024);
    expect(cancelled()).toBe(1);
  });
});
