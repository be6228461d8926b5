// Events that come one by one, a few or many at once: when each is written, and what leaves together.
import { createServer, type ServerResponse } from "node:http";
import compression from "compression";
import express from "express";
import { describe, expect, onTestFinished, test } from "vitest";
import { streamEvents } from "../../src/adapters/express.ts";
import { openHttp } from "../helpers/reader.ts";
import { nextTurn } from "../helpers/streamed.ts";
import { served } from "./host.ts";
import { framesIn, handlers, openResponse, watchPieces, writesOf } from "./writes.ts";

describe.each(handlers)("%s", (_, handler) => {
  test("tokens that come one in a turn are one write each, and no more", async () => {
    const writes = await writesOf(
      handler(async (stream) => {
        for (let n = 0; n < 10; n += 1) {
          await nextTurn();
          await stream.chunk(` t${n}`);
        }
        await nextTurn();
      }),
    );
    // Between them the opening comment, and the terminal in a turn of its own.
    expect(writes.map(framesIn)).toEqual(Array(12).fill(1));
  });

  test("events that come in pairs are one write a pair", async () => {
    const writes = await writesOf(
      handler(async (stream) => {
        for (let n = 0; n < 10; n += 1) {
          await nextTurn();
          void stream.chunk(` a${n}`);
          await stream.chunk(` b${n}`);
        }
        await nextTurn();
      }),
    );
    expect(writes.map(framesIn)).toEqual([1, ...Array(10).fill(2), 1]);
  });

  /** How many frames each write held, and how many writes there were before each burst's last `send` answered. */
  async function burstsOf(bursts: number[]): Promise<{ frames: number[]; ahead: number[] }> {
    const writes: string[] = [];
    const ahead: number[] = [];
    await writesOf(
      handler(async (stream) => {
        for (const count of bursts) {
          await nextTurn();
          const before = writes.length;
          for (let n = 0; n < count; n += 1) void stream.chunk(` t${n}`);
          ahead.push(writes.length - before);
        }
        await nextTurn();
      }),
      writes,
    );
    return { frames: writes.map(framesIn), ahead };
  }

  test("where events come one by one, an event is written before `send` answers, and so are the few that come with it", async () => {
    const { frames, ahead } = await burstsOf([1, 1, 1, 3, 1, 2]);
    // The opening, what is written ahead, one by one, the terminal.
    expect(frames).toEqual(Array(1 + 9 + 1).fill(1));
    expect(ahead).toEqual([0, 1, 1, 3, 1, 2]);
  });

  test("where events come one by one, of a burst no more is written ahead than a kilobyte, and of the next nothing", async () => {
    const { frames, ahead } = await burstsOf([1, 1, 100, 100, 1, 1]);
    const [, , few = 0] = ahead;
    const frame = 'data: {"type":"chunk","content":" t0"}\n\n';
    expect(few).toBeGreaterThan(1);
    expect(few).toBeLessThanOrEqual(1 + Math.ceil(1_024 / frame.length));
    expect(ahead).toEqual([0, 1, few, 0, 0, 1]);
    expect(frames).toEqual([...Array(1 + 1 + 1 + few).fill(1), 100 - few, 100, 1, 1, 1]);
  });

  test("the first of a tick is on its way before `send` answers, what follows it in one piece after it", async () => {
    const pieces: number[] = [];
    const onItsWay: number[] = [];
    const reader = await openResponse(
      handler(async (stream) => {
        for (const count of [1, 1, 3]) {
          await nextTurn();
          const before = pieces.length;
          for (let n = 0; n < count; n += 1) void stream.chunk(` t${n}`);
          onItsWay.push(pieces.length - before);
        }
        await nextTurn();
      }),
      (response) => watchPieces(response, (frames) => pieces.push(frames.length)),
    );
    await reader.rest();
    expect(onItsWay).toEqual([0, 1, 1]);
    // The terminal is the last.
    expect(pieces).toEqual([1, 1, 1, 2, 1]);
  });

  test("events that come one in a tick are gathered after a few", async () => {
    const writes = await writesOf(
      handler(async (stream) => {
        for (let n = 0; n < 3; n += 1) {
          await nextTurn();
          void stream.chunk(` a${n}`);
        }
        await nextTurn();
        await new Promise<void>((resolve) => {
          let n = 0;
          const tick = () => {
            if (n === 100) return resolve();
            void stream.chunk(` t${n++}`);
            process.nextTick(tick);
          };
          tick();
        });
      }),
    );
    // The opening, those that come alone, and up to 32 of the hundred before it is looked again.
    expect(writes.length).toBeLessThan(45);
    expect(writes.join("").match(/t\d+"/g)).toHaveLength(100);
  });

  test("a response that throws holds nothing back afterwards, of this stream or the next on its connection", async () => {
    let corked: number | undefined;
    const reader = await openResponse(
      handler(async (stream) => {
        for (let n = 0; n < 3; n += 1) {
          await nextTurn();
          void stream.chunk(` t${n}`);
        }
      }),
      (response) => {
        const { socket } = response;
        const write = response.write.bind(response) as (text: string) => boolean;
        response.write = ((text: string) => {
          if (!text.includes("t2")) return write(text);
          setImmediate(() => (corked = socket?.writableCorked));
          throw new Error("no");
        }) as ServerResponse["write"];
      },
    );
    await reader.rest().catch(() => {});
    await nextTurn();
    expect(corked).toBe(0);
  });
});

test("behind middleware that compresses, of a burst no more than the first is pushed by itself", async () => {
  let pushed = 0;
  const app = express();
  app.use(compression({ threshold: 0 }), (_, response, next) => {
    const flushed = response as unknown as { flush: () => void };
    const flush = flushed.flush.bind(response);
    flushed.flush = () => {
      pushed += 1;
      flush();
    };
    next();
  });
  const perBurst: number[] = [];
  app.get("/", (request, response, next) => {
    const producer = async (stream: { chunk: (text: string) => unknown }) => {
      for (const count of [1, 1, 100]) {
        await nextTurn();
        const before = pushed;
        for (let n = 0; n < count; n += 1) stream.chunk(` t${n}`);
        perBurst.push(pushed - before);
      }
    };
    // Without `no-transform` the middleware does compress.
    void streamEvents(request, response, next, producer, {
      headers: { "Cache-Control": "no-cache" },
    });
  });
  const serving = await served(createServer(app), openHttp);
  onTestFinished(serving.close);
  const reader = await serving.open({ headers: { "Accept-Encoding": "gzip" } });
  expect(reader.headers["content-encoding"]).toBe("gzip");
  await reader.rest();
  expect(perBurst).toEqual([0, 1, 1]);
});
