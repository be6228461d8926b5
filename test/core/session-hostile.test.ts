import { describe, expect, test, vi } from "vitest";
import type { BaseEvents, OnEnd, Session, StreamEvent, StreamOptions } from "../../src/index.ts";
import {
  AsyncEventQueue,
  defineEvents,
  event,
  streamEvents,
  toByteStream,
} from "../../src/index.ts";
import { withCrashTraps } from "../helpers/crash-traps.ts";
import { readEvents } from "../../src/client/index.ts";

type Stream = Session<BaseEvents>;

/** Runs a producer to its end and tells what both ends saw of it. */
async function bothEnds(
  producer: (stream: Stream) => unknown,
  options: StreamOptions<BaseEvents> = {},
) {
  const onEnd = vi.fn<OnEnd>();
  const body = toByteStream<BaseEvents>((stream) => void producer(stream), { ...options, onEnd });
  const response = new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  const { outcome, error } = await readEvents(response).ended;
  await vi.waitFor(() => expect(onEnd).toHaveBeenCalledOnce());
  const [server, end] = onEnd.mock.calls[0] ?? [];
  return { reader: outcome, error, server, end };
}

describe("both ends tell one truth", () => {
  test.each([
    ["ABORTED", "aborted"],
    ["DROPPED", "dropped"],
    ["RATE_LIMITED", "failed"],
  ])("an error event with code %s is %s on both", async (code, outcome) => {
    const sent = await bothEnds((stream) => stream.send({ type: "error", message: "no", code }));
    expect([sent.server, sent.reader]).toEqual([outcome, outcome]);
    const exposed = await bothEnds((stream) => stream.fail(new Error("x")), {
      exposeError: () => ({ message: "no", code }),
    });
    expect([exposed.server, exposed.reader]).toEqual([outcome, outcome]);
  });

  test("code of the application's that ends the stream while it is being ended changes nothing", async () => {
    let held: Stream | undefined;
    const { reader, server, end } = await bothEnds(
      (stream) => {
        held = stream;
        stream.fail(new Error("first"));
      },
      {
        exposeError: () => {
          held?.close();
          return { message: "told", code: "TOLD" };
        },
      },
    );
    expect([server, reader]).toEqual(["completed", "completed"]);
    expect(end?.counts.accepted).toBe(0);
  });
});

describe("a shorthand is handed around", () => {
  test("an emitter that calls stream.chunk without its stream does not crash", async () => {
    let text = "";
    const body = toByteStream(async ({ chunk, status, send, close }) => {
      await [
        async () => chunk("a"),
        () => status("analyzing"),
        () => send({ type: "chunk", content: "b" }),
      ].reduce<Promise<unknown>>((before, call) => before.then(call), Promise.resolve());
      close();
    });
    text = await new Response(body).text();
    expect(text).toContain('{"type":"chunk","content":"a"}');
    expect(text).toContain('{"type":"chunk","content":"b"}');
    expect(text).toContain('{"type":"status","status":"analyzing"}');
  });
});

describe("names that every object has", () => {
  test.each(["toString", "valueOf", "hasOwnProperty", "__proto__", "constructor", "send", "then"])(
    "an event cannot be called %s",
    (name) => {
      const definitions = JSON.parse(`{"${name}":null}`) as Record<string, never>;
      expect(() => defineEvents(definitions)).toThrow(TypeError);
    },
  );
});

describe("what waits for a slow reader", () => {
  const events = defineEvents({
    delta: event<{ content: string; meta?: { n: unknown } }>({ policy: "mergeable" }),
  });

  test("what becomes of a part of an event does not reach the wire, also under pressure", async () => {
    const meta: { n: unknown } = { n: 1 };
    const body = toByteStream<typeof events>(
      (stream) => {
        for (let n = 0; n < 8; n += 1) stream.delta({ content: "a", meta });
        meta.n = 2n;
      },
      { events, queue: { highWaterMark: 2 } },
    );
    const text = await new Response(body).text();
    expect(text.match(/"meta":\{"n":1\}/g)).toHaveLength(8);
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  test("everything that waits counts against the bound, not the growing text alone", async () => {
    const onEnd = vi.fn<OnEnd>();
    const events2 = defineEvents({
      delta: event<{ content: string; note: string }>({ policy: "mergeable" }),
    });
    const body = toByteStream<typeof events2>(
      (stream) => {
        for (let n = 0; n < 400; n += 1) {
          stream.delta({ content: "a", note: `${n}`.padEnd(100_000, "x") });
        }
      },
      { events: events2, queue: { maxBytes: 1_000_000 }, onEnd },
    );
    await new Response(body).arrayBuffer();
    expect(onEnd).toHaveBeenCalledWith("dropped", expect.anything());
  });
});

describe("what belongs to the protocol and to the host", () => {
  test.each(["gap", "rotate", "reset", "unknown", ""])(
    "a source of events cannot send the reader's machinery a `%s`",
    async (type) => {
      const { reader, end } = await bothEnds((stream) => stream.send({ type } as never));
      expect(reader).toBe("failed");
      expect(end?.error).toMatchObject({ code: "INVALID_FIELD", field: "type" });
    },
  );

  test.each(["Content-Length", "connection", "Transfer-Encoding"])(
    "the header %s is refused at the door, not found out by a reader",
    (name) => {
      const request = new Request("http://host.example/");
      expect(() => streamEvents(request, () => {}, { headers: { [name]: "5" } })).toThrow(
        TypeError,
      );
    },
  );

  test.each([
    [{ queue: null }, /`queue` must be of type object, got null/],
    [{ queue: 5 }, /`queue` must be of type object, got 5/],
    [{ eventField: "yes" }, /`eventField` must be of type boolean, got string/],
    [null, /`options` must be of type object, got null/],
    [5, /`options` must be of type object, got 5/],
  ])("the option %j is refused at the door, by name", (options, message) => {
    expect(() => toByteStream(() => {}, options as never)).toThrow(message);
  });

  test("headers that are none, and definitions that are none, are refused by name", () => {
    const request = new Request("http://host.example/");
    expect(() => streamEvents(request, () => {}, { headers: 5 as never })).toThrow(
      "`headers` must be what `Headers` takes, got 5",
    );
    expect(() => defineEvents(undefined as never)).toThrow(
      "`definitions` must be of type object, got undefined",
    );
  });

  test.each(["", "a\nb"])("an event cannot be called %j", (name) => {
    expect(() => defineEvents({ [name]: event() })).toThrow(TypeError);
  });

  test("a mapper that fails the stream again does not run for ever", async () => {
    let held: Stream | undefined;
    let asked = 0;
    const { reader } = await bothEnds(
      (stream) => {
        held = stream;
        stream.fail(new Error("first"));
      },
      {
        exposeError: (error) => {
          asked += 1;
          held?.fail(error);
          return undefined;
        },
      },
    );
    expect([asked, reader]).toEqual([1, "failed"]);
  });

  test("a response that somebody reads already is refused at once", () => {
    const response = new Response("data: [DONE]\n\n");
    response.body?.getReader();
    expect(() => readEvents(response)).toThrow(/`response` must be/);
    expect(() => readEvents(null as never)).toThrow(/`response` must be/);
  });
});

test("a long text that waits in a queue costs as much a piece as a short one", () => {
  const cost = (pieces: number): number => {
    const queue = new AsyncEventQueue<StreamEvent>({ maxBytes: 1e9, highWaterMark: 1 });
    const from = performance.now();
    for (let n = 0; n < pieces; n += 1) queue.push({ type: "chunk", content: "abcdef" });
    return (performance.now() - from) / pieces;
  };
  // The best of some tries: what else the machine does only adds to a try.
  const best = (pieces: number) => Math.min(...Array.from({ length: 7 }, () => cost(pieces)));
  const short = Math.max(best(5_000), 0.0005);
  expect(best(40_000)).toBeLessThan(short * 6);
});

describe("a form for JSON that is another event", () => {
  test.each([{ type: "done" }, { type: "error", message: "no" }])(
    "that makes an end of it (%j) is refused: no terminal in the middle of a stream",
    async (form) => {
      const sent = await bothEnds((stream) => {
        stream.send({ type: "chunk", content: "a", toJSON: () => form } as StreamEvent);
        stream.chunk("late");
      });
      expect(sent).toMatchObject({ reader: "failed", server: "failed", end: { text: "" } });
      expect(sent.end?.error).toMatchObject({ code: "INVALID_FIELD" });
    },
  );

  test("a text that is looked at again is the text that was accepted", async () => {
    let asked = 0;
    const sent = await bothEnds((stream) => {
      stream.send({
        type: "chunk",
        source: "a",
        get content() {
          asked += 1;
          if (asked > 3) throw new Error("asked too often");
          return "a";
        },
      });
      stream.close();
    });
    expect(sent).toMatchObject({ reader: "completed", server: "completed", end: { text: "a" } });
  });
});

test("texts whose joined frames no string can hold end the stream as failed, and crash nothing", async () => {
  const halfAGigabyte = "a".repeat(2 ** 29 - 40);
  const crashes = await withCrashTraps(async () => {
    const onEnd = vi.fn<OnEnd>();
    const body = toByteStream<BaseEvents>(
      async (stream) => {
        await Promise.resolve();
        stream.chunk("x");
        stream.chunk(halfAGigabyte);
        stream.close();
      },
      { onEnd, queue: { maxBytes: 2 ** 32 } },
    );
    const reader = body.getReader();
    const drained = (async () => {
      while (!(await reader.read()).done);
    })();
    await Promise.race([
      drained.catch(() => {}),
      vi.waitFor(() => expect(onEnd).toHaveBeenCalled()),
    ]);
    await reader.cancel().catch(() => {});
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledOnce());
    expect(onEnd.mock.calls[0]?.[0]).not.toBe("completed");
  });
  expect(crashes).toEqual([]);
});
