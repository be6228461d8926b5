// What a stream costs, as counts: they are the same on every machine and in every run, so each bound is the number
// itself. A change that makes one larger is slower everywhere, also where no clock could show it.
import { createHook } from "node:async_hooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BaseEvents, Producer, StreamEvent } from "../../src/index.ts";
import { toByteStream } from "../../src/index.ts";
import { chunksOf } from "../helpers/streamed.ts";

const EVENTS = 1_000;
/** 40 bytes a frame, as tokens are: all of them fit into one batch. */
const tokens = Array.from({ length: EVENTS }, (_, n): StreamEvent => ({
  type: "chunk",
  content: ` t${n}`,
}));
/** What each stream needs beside its events: the opening comment, which leaves before the producer starts. */
const OPENING = 1;

type Tells = Producer<BaseEvents>;
const awaited: Tells = async (stream) => {
  for (let n = 0; n < EVENTS; n += 1) await stream.chunk(` t${n}`);
};
const unawaited: Tells = (stream) => {
  for (let n = 0; n < EVENTS; n += 1) stream.chunk(` t${n}`);
};
const objects: Tells = async (stream) => {
  for (let n = 0; n < EVENTS; n += 1) await stream.result({ n });
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a thousand events of one burst leave in one piece", () => {
  async function* generated() {
    yield* tokens;
  }
  async function* waiting() {
    for (const token of tokens) {
      await undefined;
      yield token;
    }
  }
  const readable = () => {
    const iterator = tokens.values();
    return new ReadableStream<StreamEvent>({
      pull(controller) {
        const { done, value } = iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
  };

  // One piece: they are fewer bytes than a batch, and none is behind a turn of the event loop.
  test.each<[string, () => Tells]>([
    ["awaited by hand", () => awaited],
    ["not awaited", () => unawaited],
    ["objects, awaited", () => objects],
    ["from an async generator", () => generated()],
    ["from an async generator that awaits too", () => waiting()],
    ["from a ReadableStream", () => readable()],
  ])("%s", async (_, producer) => {
    expect(await chunksOf(toByteStream(producer()))).toHaveLength(OPENING + 1);
  });
});

describe("no byte is made twice", () => {
  /** How much text the encoder was given while a stream was read, and how much came out. */
  async function encoded(producer: Tells): Promise<{ given: number; calls: number; sent: number }> {
    const encode = vi.spyOn(TextEncoder.prototype, "encode");
    const encodeInto = vi.spyOn(TextEncoder.prototype, "encodeInto");
    const texts = await chunksOf(toByteStream(producer));
    const calls = [...encode.mock.calls, ...encodeInto.mock.calls];
    const lengthOf = (list: unknown[]) =>
      list.reduce<number>((sum, t) => sum + String(t).length, 0);
    return {
      given: lengthOf(calls.map(([text]) => text)),
      calls: calls.length,
      sent: lengthOf(texts),
    };
  }

  test("a thousand tokens cross into the encoder as one text, once, and what stands around them once for all", async () => {
    const { given, calls } = await encoded(awaited);
    const tokensLength = tokens.map((_, n) => ` t${n}`).join("").length;
    const frameOfNone = 'data: {"type":"chunk","content":""}\n\n';
    const others = ": open heartbeatMs=15000\n\ndata: [DONE]\n\n";
    // Before the first, between two of them, after the last.
    expect(given).toBe(tokensLength + 2 * frameOfNone.length + others.length);
    // The opening comment; before, the tokens, between; after, with the terminal.
    expect(calls).toBe(5);
  });

  test("so do objects, short frames many at a time", async () => {
    const { given, calls, sent } = await encoded(objects);
    expect(given).toBe(sent);
    // Frames are gathered until 1,024 characters are there: a crossing costs as much as some hundred of them.
    expect(calls).toBeLessThanOrEqual(OPENING + Math.ceil(sent / 1_024));
  });

  test("each chunk is copied out of the encoder's room once, into a buffer of its size", async () => {
    const slice = vi.spyOn(Uint8Array.prototype, "slice");
    const reader = toByteStream(awaited).getReader();
    const sizes: number[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      expect(value.buffer.byteLength).toBe(value.byteLength);
      sizes.push(value.byteLength);
    }
    expect(slice.mock.results.map(({ value }) => (value as Uint8Array).byteLength)).toEqual(sizes);
  });
});

describe("JSON is written once", () => {
  /** The events that JSON was asked to write while a stream was read. */
  async function written(producer: Tells): Promise<unknown[]> {
    const stringify = vi.spyOn(JSON, "stringify");
    await chunksOf(toByteStream(producer));
    return stringify.mock.calls.map(([value]) => value as unknown);
  }

  test("for an object, however large the backlog", async () => {
    expect(await written(objects)).toHaveLength(EVENTS);
  });

  test("for a thousand tokens: what stands around their text is the same for all", async () => {
    expect(await written(awaited)).toEqual([{ type: "chunk", content: "" }]);
  });

  test("for a token only when its text needs an escape, and then for its text alone", async () => {
    const texts = ["plain", 'a "quoted"', "two\nlines"];
    const calls = await written(async (stream) => {
      for (const text of texts) await stream.chunk(text);
    });
    expect(calls).toEqual([{ type: "chunk", content: "" }, ...texts.slice(1)]);
  });
});

describe("an event that is accepted makes no promise", () => {
  /** How many promises are made while a producer is read. */
  async function promisesOf(producer: Tells): Promise<number> {
    let made = 0;
    const hook = createHook({ init: (_, type) => void (made += type === "PROMISE" ? 1 : 0) });
    const body = toByteStream(producer);
    hook.enable();
    await chunksOf(body);
    hook.disable();
    return made;
  }
  /** What a stream costs once is in both counts; what is left is what the events cost. */
  async function promisesPerEvent(producer: (count: number) => Tells): Promise<number> {
    await promisesOf(producer(1));
    const few = await promisesOf(producer(10));
    return ((await promisesOf(producer(910))) - few) / 900;
  }

  test("not awaited: none", async () => {
    const perEvent = await promisesPerEvent((count) => (stream) => {
      for (let n = 0; n < count; n += 1) stream.chunk("t");
    });
    expect(perEvent).toBe(0);
  });

  test("awaited: no more than the engine makes to wait for a promise that is there", async () => {
    const there = Promise.resolve(true);
    const ofNothing = await promisesPerEvent((count) => async () => {
      for (let n = 0; n < count; n += 1) await there;
    });
    const ofChunk = await promisesPerEvent((count) => async (stream) => {
      for (let n = 0; n < count; n += 1) await stream.chunk("t");
    });
    expect(ofChunk).toBe(ofNothing);
  });
});

describe("a thousand silent streams", () => {
  const STREAMS = 1_000;
  const HEARTBEAT_MS = 15_000;
  type Body = ReadableStreamDefaultReader<Uint8Array>;

  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Opens a stream that waits, its opening comment read and its next read under way. */
  async function open(options: Parameters<typeof toByteStream<BaseEvents>>[1] = {}): Promise<Body> {
    const reader = toByteStream(() => new Promise<void>(() => {}), options).getReader();
    await reader.read();
    void readOn(reader);
    return reader;
  }
  async function readOn(reader: Body): Promise<void> {
    while (!(await reader.read()).done);
  }

  test("share one timer, whatever each of them waits for, and leave none behind", async () => {
    const readers: Body[] = [];
    for (let n = 0; n < STREAMS; n += 1) {
      readers.push(await open({ stallMs: 30_000, lifetimeMs: 3_600_000 }));
    }
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(2 * HEARTBEAT_MS);
    expect(vi.getTimerCount()).toBe(1);
    await Promise.all(readers.map((reader) => reader.cancel()));
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that began one after another are woken for together", async () => {
    const readers: Body[] = [];
    for (let n = 0; n < STREAMS; n += 1) {
      readers.push(await open());
      await vi.advanceTimersByTimeAsync(HEARTBEAT_MS / STREAMS);
    }
    const begun = performance.now();
    let wakeUps = 0;
    for (; performance.now() < begun + HEARTBEAT_MS; wakeUps += 1) {
      await vi.advanceTimersToNextTimerAsync();
    }
    // A beat 15 s away is looked at with all others of its 512 ms: so many of these begin within 15 s.
    expect(wakeUps).toBeLessThanOrEqual(Math.floor(HEARTBEAT_MS / 512) + 1);
    await Promise.all(readers.map((reader) => reader.cancel()));
  });
});
