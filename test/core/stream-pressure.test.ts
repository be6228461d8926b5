import { describe, expect, test } from "vitest";
import type { BaseEvents, Sent, Session } from "../../src/index.ts";
import { defineEvents, event, toByteStream } from "../../src/index.ts";
import { chunksOf, nextTurn, payloads, tell, textOf } from "../helpers/streamed.ts";

const forever = () => new Promise<never>(() => {});
const utf8 = new TextDecoder();

/** Opens a stream whose session the test holds, with the opening comment read. */
async function held(options: Parameters<typeof toByteStream<BaseEvents>>[1] = {}): Promise<{
  stream: Session<BaseEvents>;
  reader: ReadableStreamDefaultReader<Uint8Array>;
  read: () => Promise<string>;
}> {
  const opened = Promise.withResolvers<Session<BaseEvents>>();
  const body = toByteStream((stream) => {
    opened.resolve(stream);
    return forever();
  }, options);
  const reader = body.getReader();
  await reader.read();
  const read = async () => utf8.decode((await reader.read()).value);
  return { stream: await opened.promise, reader, read };
}

describe("a pull takes all that waits", () => {
  test("ten thousand awaited sends leave in full batches, in order", async () => {
    const body = toByteStream(async (stream) => {
      for (let n = 0; n < 10_000; n += 1) await stream.chunk(`token ${n} `);
    });
    const chunks = await chunksOf(body);
    const text = payloads(chunks.join("")).slice(0, -1) as Array<{ content: string }>;
    expect(text.map(({ content }) => content)).toEqual(
      Array.from({ length: 10_000 }, (_, n) => `token ${n} `),
    );
    expect(chunks.length).toBeLessThan(40);
  });

  test("an async generator that awaits as well does not defeat it", async () => {
    async function* tokens() {
      for (let n = 0; n < 5_000; n += 1) {
        await Promise.resolve();
        yield { type: "chunk", content: `${n}` } as const;
      }
    }
    expect((await chunksOf(toByteStream(tokens()))).length).toBeLessThan(40);
  });

  test("every chunk is whole frames and no larger than a batch and its last frame", async () => {
    const body = toByteStream(async (stream) => {
      for (let n = 0; n < 3_000; n += 1) await stream.chunk("x".repeat(n % 200));
    });
    const chunks = await chunksOf(body);
    expect(chunks.every((chunk) => chunk.endsWith("\n\n"))).toBe(true);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(64 * 1024 + 300);
  });

  test("one event goes out alone, before the event loop goes on", async () => {
    const { stream, reader, read } = await held();
    for (const content of ["first", "second"]) {
      const log: string[] = [];
      void read().then((text) => log.push(text));
      await nextTurn();
      stream.chunk(content);
      setImmediate(() => log.push("the next turn"));
      await nextTurn();
      await nextTurn();
      expect(log).toEqual([`data: {"type":"chunk","content":"${content}"}\n\n`, "the next turn"]);
    }
    await reader.cancel();
  });

  test("nothing is encoded into chunks ahead of the reader", async () => {
    const { stream, reader } = await held();
    for (let n = 0; n < 10; n += 1) stream.chunk(`${n}`);
    await nextTurn();
    expect(stream.desiredSize).toBe(1_024 - 10);
    await reader.read();
    expect(stream.desiredSize).toBe(1_024);
    await reader.cancel();
  });
});

describe("a slow reader slows the producer", () => {
  test("five reads: at most one mark ahead of what was read", async () => {
    const sent = { count: 0 };
    const body = toByteStream(
      async (stream) => {
        for (;;) {
          if (!(await stream.result({ n: sent.count }))) return;
          sent.count += 1;
        }
      },
      { queue: { highWaterMark: 1 } },
    );
    const reader = body.getReader();
    await reader.read();
    for (let n = 1; n <= 5; n += 1) {
      const { value } = await reader.read();
      await nextTurn();
      expect(payloads(utf8.decode(value)).length).toBeGreaterThan(0);
      expect(sent.count).toBeLessThanOrEqual(n + 1);
    }
    await reader.cancel();
  });

  test("send answers whether it was accepted; the promise, whether there is room", async () => {
    const { stream, reader } = await held({ queue: { highWaterMark: 2 } });
    const answers: Sent[] = [1, 2, 3].map((n) => stream.result({ n }));
    const settled: unknown[] = [];
    for (const answer of answers)
      void (answer as PromiseLike<boolean>).then((room) => settled.push(room));
    await nextTurn();
    expect(settled).toEqual([true]);
    await reader.read();
    expect(await Promise.all(answers)).toEqual([true, true, true]);
    const last = [4, 5].map((n) => stream.result({ n }));
    await reader.cancel();
    expect(await last[1]).toBe(false);
    expect(stream.result({ n: 6 })).toBe(false);
  });

  test("a gigabyte for a reader that does not read is refused, not kept", async () => {
    const { stream, reader } = await held();
    const megabyte = "x".repeat(1024 * 1024);
    let accepted = 0;
    for (let n = 0; n < 1_024; n += 1) if (stream.chunk(megabyte)) accepted += 1;
    expect(accepted).toBeLessThan(8);
    expect(stream.isOpen).toBe(false);
    await reader.cancel();
  });
});

describe("under pressure each event has its own way", () => {
  const events = defineEvents({
    tick: event<{ n: number }>({ policy: "droppable" }),
    progress: event<{ n: number }>({ policy: "latest" }),
  });

  test("text joins, the newest status stays, ticks are refused, results wait in order", async () => {
    const refused: unknown[] = [];
    const body = toByteStream(
      (stream) => {
        stream.result({ n: 0 });
        stream.result({ n: 1 });
        for (let n = 0; n < 50; n += 1) stream.chunk(`${n} `);
        for (let n = 0; n < 50; n += 1) stream.progress({ n });
        refused.push(stream.tick({ n: 1 }));
        stream.result({ n: 2 });
        for (let n = 50; n < 60; n += 1) stream.chunk(`${n} `, { source: "tool" });
        stream.status("planning");
        stream.status("synthesizing");
      },
      { events, queue: { highWaterMark: 2, maxItems: 10 } },
    );
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => `${from + n} `).join("");
    expect(payloads(await textOf(body))).toEqual([
      { type: "result", n: 0 },
      { type: "result", n: 1 },
      { type: "chunk", content: numbers(0, 50) },
      { type: "progress", n: 49 },
      { type: "result", n: 2 },
      { type: "chunk", content: numbers(50, 60), source: "tool" },
      { type: "status", status: "synthesizing" },
      "[DONE]",
    ]);
    expect(refused).toEqual([false]);
  });

  test("joined text is whole for onEnd, and what left is counted as it left", async () => {
    const { body, ends } = tell(
      (stream) => {
        for (let n = 0; n < 10; n += 1) stream.chunk(`${n}`);
      },
      { queue: { highWaterMark: 2 } },
    );
    await textOf(body);
    expect(ends).toMatchObject([
      { outcome: "completed", end: { text: "0123456789", counts: { accepted: 10, delivered: 3 } } },
    ]);
  });

  test("an event that was changed while its text grew is sent as it was", async () => {
    const origin = { type: "chunk", content: "a", source: "x" } as const;
    const changing: { type: "chunk"; content: string; source: string } = { ...origin };
    const body = toByteStream(
      (stream) => {
        stream.result({});
        stream.send(changing);
        changing.content = "changed";
        changing.source = "changed";
        stream.send({ ...origin, content: "b" });
      },
      { queue: { highWaterMark: 1 } },
    );
    expect(payloads(await textOf(body))[1]).toEqual({ ...origin, content: "ab" });
  });

  test("the end always finds room: a full queue still tells its result", async () => {
    const body = toByteStream(
      async (stream) => {
        for (let n = 0; n < 3; n += 1) stream.result({ n });
        return { n: "the last" };
      },
      { queue: { highWaterMark: 1, maxItems: 3 } },
    );
    expect(payloads(await textOf(body)).slice(-2)).toEqual([
      { type: "result", n: "the last" },
      "[DONE]",
    ]);
  });
});
