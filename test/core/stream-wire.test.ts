import { describe, expect, test } from "vitest";
import type { BaseEvents, Producer, Session, StreamEvent } from "../../src/index.ts";
import { AsyncEventQueue, defineEvents, event, toByteStream } from "../../src/index.ts";
import { tell, textOf } from "../helpers/streamed.ts";

const OPEN = ": open heartbeatMs=15000\n\n";
const DONE = "data: [DONE]\n\n";
const json = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

describe("the bytes of a stream", () => {
  test("status, chunks, result, [DONE]: the form that readers of this pattern know", async () => {
    const body = toByteStream(async (stream) => {
      stream.status("analyzing");
      await stream.chunk("Größe ");
      await stream.chunk("見 😀");
      return { content: "Größe 見 😀", sources: [], disclaimer: "none" };
    });
    expect(await textOf(body)).toBe(
      `${OPEN}data: {"type":"status","status":"analyzing"}\n\n` +
        'data: {"type":"chunk","content":"Größe "}\n\n' +
        'data: {"type":"chunk","content":"見 😀"}\n\n' +
        'data: {"type":"result","content":"Größe 見 😀","sources":[],"disclaimer":"none"}\n\n' +
        "data: [DONE]\n\n",
    );
  });

  test("a producer that returns nothing ends without a result", async () => {
    expect(await textOf(toByteStream(() => {}))).toBe(OPEN + DONE);
  });

  test("the first comment tells the silence to expect", async () => {
    const body = toByteStream(() => {}, { heartbeatMs: 5_000 });
    expect(await textOf(body)).toBe(`: open heartbeatMs=5000\n\n${DONE}`);
  });

  test("events in front of the end come before it, awaited or not", async () => {
    const body = toByteStream((stream) => {
      for (let n = 0; n < 500; n += 1) stream.result({ n });
      return { n: "last" };
    });
    const text = await textOf(body);
    const numbers = Array.from({ length: 500 }, (_, n) => json({ type: "result", n })).join("");
    expect(text).toBe(OPEN + numbers + json({ type: "result", n: "last" }) + DONE);
  });

  test("the event field is written when asked for, never for an error", async () => {
    const body = toByteStream(
      (stream) => {
        stream.status("planning");
        stream.error({ message: "no" });
      },
      { eventField: true },
    );
    expect(await textOf(body)).toBe(
      `${OPEN}event: status\n${json({ type: "status", status: "planning" })}${json({ type: "error", message: "no" })}${DONE}`,
    );
  });

  test("shorthands for one's own events, and where they come from", async () => {
    const events = defineEvents({ tool: event<{ name: string }>() });
    const body = toByteStream(
      (stream) => {
        stream.tool({ name: "search", source: "a", parent: "root" });
        stream.chunk("x", { source: "a" });
        stream.send({ type: "tool", name: "again" });
      },
      { events },
    );
    expect(await textOf(body)).toBe(
      OPEN +
        json({ type: "tool", name: "search", source: "a", parent: "root" }) +
        json({ type: "chunk", content: "x", source: "a" }) +
        json({ type: "tool", name: "again" }) +
        DONE,
    );
  });

  test("nothing in a payload changes the type of its event", async () => {
    const events = defineEvents({ tool: event<object>() });
    const forged = { type: "done", content: "forged" } as object;
    const body = toByteStream(
      (stream) => {
        stream.tool(forged);
        stream.chunk("mine", forged);
        stream.result(forged);
      },
      { events },
    );
    expect(await textOf(body)).toBe(
      OPEN +
        json({ type: "tool", content: "forged" }) +
        json({ type: "chunk", content: "mine" }) +
        json({ type: "result", content: "forged" }) +
        DONE,
    );
  });

  test("an object that is changed after it was sent is sent as it was", async () => {
    const rows = [1];
    const body = toByteStream((stream) => {
      stream.result({ rows });
      rows.push(2);
      return { rows };
    });
    expect(await textOf(body)).toBe(
      OPEN + json({ type: "result", rows: [1] }) + json({ type: "result", rows: [1, 2] }) + DONE,
    );
  });
});

describe("whatever has events to tell", () => {
  const told: StreamEvent[] = [
    { type: "status", status: "analyzing" },
    { type: "chunk", content: "a" },
  ];
  const wire = OPEN + told.map(json).join("");

  async function* generated(): AsyncGenerator<StreamEvent, { n: number }> {
    yield* told;
    return { n: 1 };
  }
  const iterable: AsyncIterable<StreamEvent> = {
    async *[Symbol.asyncIterator]() {
      yield* told;
    },
  };
  const readable = () =>
    new ReadableStream<StreamEvent>({
      start(controller) {
        for (const one of told) controller.enqueue(one);
        controller.close();
      },
    });
  const queue = () => {
    const made = new AsyncEventQueue<StreamEvent>();
    for (const one of told) made.push(one);
    made.close();
    return made;
  };
  const result = json({ type: "result", n: 1 });

  test.each<[string, () => Producer<BaseEvents>, string]>([
    ["an async generator, and what it returns is the result", () => generated(), result],
    ["a function that answers one", () => () => generated(), result],
    ["an async iterable", () => iterable, ""],
    ["a ReadableStream", readable, ""],
    ["a function that answers one after a while", () => async () => readable(), ""],
  ])("%s", async (_, producer, more) => {
    expect(await textOf(toByteStream(producer()))).toBe(wire + more + DONE);
  });

  test("an AsyncEventQueue", async () => {
    expect(await textOf(toByteStream(queue()))).toBe(wire + DONE);
  });

  test("a source that tells its own end is not read on", async () => {
    let asked = 0;
    const source = {
      async *[Symbol.asyncIterator](): AsyncGenerator<StreamEvent> {
        for (;;) {
          asked += 1;
          yield asked === 2 ? { type: "done" } : { type: "chunk", content: "a" };
        }
      },
    };
    expect(await textOf(toByteStream(source))).toBe(
      OPEN + json({ type: "chunk", content: "a" }) + DONE,
    );
    expect(asked).toBe(2);
  });
});

describe("after the end", () => {
  test("send answers false, close and fail change nothing", async () => {
    const seen: unknown[] = [];
    let session: Session<BaseEvents> | undefined;
    const { body, ends } = tell((stream) => {
      session = stream;
      stream.close({ n: 1 });
      seen.push(stream.isOpen, stream.desiredSize, stream.chunk("late"));
      stream.fail(new Error("late"));
      return { n: 2 };
    });
    expect(await textOf(body)).toBe(OPEN + json({ type: "result", n: 1 }) + DONE);
    seen.push(session?.send({ type: "done" }), session?.status("late"));
    session?.close();
    session?.fail(new Error("later"));
    expect(seen).toEqual([false, 0, false, false, false]);
    expect(ends).toMatchObject([{ outcome: "completed", end: { counts: { refused: 1 } } }]);
  });
});
