// What a response costs, as counts: they are the same on every machine, so each bound is the number itself.
import { getEventListeners, type EventEmitter } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import express from "express";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { streamEvents as streamOnExpress } from "../../src/adapters/express.ts";
import { streamEvents as streamOnNode } from "../../src/adapters/node.ts";
import type { BaseEvents, Producer, ServeOptions } from "../../src/index.ts";
import { openHttp, type Reader } from "../helpers/reader.ts";
import { nextTurn } from "../helpers/streamed.ts";
import { served } from "./host.ts";

/** What a stream calls with all that was held back. */
const WRITEV = "_writev";

interface WrittenPart {
  chunk: string | Buffer;
  encoding: string;
}

type Tells = Producer<BaseEvents>;
type Handler = (producer: Tells, options?: ServeOptions<BaseEvents>) => RequestListener;

const onNode: Handler = (producer, options) => (request, response) => {
  void streamOnNode(request, response, producer, options);
};
const onExpress: Handler = (producer, options) =>
  express().use((request, response, next) => {
    void streamOnExpress(request, response, next, producer, options);
  });

/** Serves one route, and opens it once. `onResponse` sees the response before the stream does. */
async function open(
  listener: RequestListener,
  onResponse: (response: ServerResponse) => void,
): Promise<Reader> {
  const server = createServer((request, response) => {
    onResponse(response);
    listener(request, response);
  });
  const serving = await served(server, openHttp);
  onTestFinished(serving.close);
  return serving.open();
}

describe.each<[string, Handler]>([
  ["node:http", onNode],
  ["Express", onExpress],
])("%s", (_, handler) => {
  async function writesOf(producer: Tells, writes: string[] = []): Promise<string[]> {
    const reader = await open(handler(producer), (response) => {
      const write = vi.spyOn(response, "write");
      write.mockImplementation(((...args: Parameters<ServerResponse["write"]>) => {
        const [chunk] = args as unknown as [string | Uint8Array];
        writes.push(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
        return Object.getPrototypeOf(response).write.apply(response, args) as boolean;
      }) as ServerResponse["write"]);
    });
    await reader.rest();
    return writes;
  }

  test("a thousand tokens of one burst are one write, and their stream two", async () => {
    const writes = await writesOf(async (stream) => {
      for (let n = 0; n < 1_000; n += 1) await stream.chunk(` t${n}`);
    });
    // The opening comment leaves before the producer starts. The terminal travels with the last token.
    expect(writes.map((text) => text.split("\n\n").length - 1)).toEqual([1, 1_001]);
  });

  /** In what forms the frames reach the socket of a stream. */
  async function formsOf(producer: Tells): Promise<string[]> {
    const forms = new Set<string>();
    const reader = await open(handler(producer), (response) => {
      const { socket } = response as { socket: Socket };
      const writev = socket[WRITEV]?.bind(socket);
      vi.spyOn(socket, WRITEV).mockImplementation((parts, callback) => {
        for (const { chunk, encoding } of parts as WrittenPart[]) {
          if (String(chunk).includes("data: ")) forms.add(encoding);
        }
        writev?.(parts, callback);
      });
    });
    await reader.rest();
    return [...forms];
  }

  test("ASCII, in bursts of tokens or of objects, reaches the socket as text: no buffer is made, no byte counted twice", async () => {
    const ofTokens = formsOf(async (stream) => {
      for (let n = 0; n < 1_000; n += 1) await stream.chunk(` t${n}`);
    });
    const ofObjects = formsOf(async (stream) => {
      for (let n = 0; n < 100; n += 1) await stream.result({ n });
    });
    expect([await ofTokens, await ofObjects]).toEqual([["latin1"], ["latin1"]]);
  });

  test("other text is a buffer in bursts, and a text where it is short", async () => {
    const inBursts = await formsOf(async (stream) => {
      for (let n = 0; n < 1_000; n += 1) await stream.chunk(`ü${n}`);
    });
    const alone = await formsOf(async (stream) => {
      for (let n = 0; n < 3; n += 1) {
        await nextTurn();
        void stream.chunk(`ü${n}`);
      }
    });
    expect([inBursts, alone]).toEqual([["buffer"], ["utf8"]]);
  });

  test("middleware that puts more than ASCII into the text is carried out as it means it", async () => {
    const reader = await open(
      handler(async (stream) => {
        for (let n = 0; n < 1_000; n += 1) await stream.chunk(` price${n}`);
      }),
      (response) => {
        const write = response.write.bind(response) as (
          text: string,
          ...more: unknown[]
        ) => boolean;
        response.write = ((text: string, ...more: unknown[]) =>
          write(String(text).replaceAll("price", "€"), ...more)) as ServerResponse["write"];
      },
    );
    expect((await reader.rest()).match(/€\d+"/g)).toHaveLength(1_000);
  });

  test("tokens that come one in a turn are one write each, and no more", async () => {
    const writes = await writesOf(async (stream) => {
      for (let n = 0; n < 10; n += 1) {
        await nextTurn();
        await stream.chunk(` t${n}`);
      }
      await nextTurn();
    });
    // Between them the opening comment, and the terminal in a turn of its own.
    expect(writes.map((text) => text.split("\n\n").length - 1)).toEqual(Array(12).fill(1));
  });

  test("events that come in pairs are one write a pair", async () => {
    const writes = await writesOf(async (stream) => {
      for (let n = 0; n < 10; n += 1) {
        await nextTurn();
        void stream.chunk(` a${n}`);
        await stream.chunk(` b${n}`);
      }
      await nextTurn();
    });
    expect(writes.map((text) => text.split("\n\n").length - 1)).toEqual([
      1,
      ...Array(10).fill(2),
      1,
    ]);
  });

  /** How many frames each write held, and how many writes there were before each burst's last `send` answered. */
  async function burstsOf(bursts: number[]): Promise<{ frames: number[]; ahead: number[] }> {
    const writes: string[] = [];
    const ahead: number[] = [];
    await writesOf(async (stream) => {
      for (const count of bursts) {
        await nextTurn();
        const before = writes.length;
        for (let n = 0; n < count; n += 1) void stream.chunk(` t${n}`);
        ahead.push(writes.length - before);
      }
      await nextTurn();
    }, writes);
    return { frames: writes.map((text) => text.split("\n\n").length - 1), ahead };
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
    const parts: number[] = [];
    const onItsWay: number[] = [];
    const reader = await open(
      handler(async (stream) => {
        for (const count of [1, 1, 3]) {
          await nextTurn();
          const before = parts.length;
          for (let n = 0; n < count; n += 1) void stream.chunk(` t${n}`);
          onItsWay.push(parts.length - before);
        }
        await nextTurn();
      }),
      (response) => {
        const { socket } = response as { socket: Socket };
        const writev = socket[WRITEV]?.bind(socket);
        vi.spyOn(socket, WRITEV).mockImplementation((given, callback) => {
          const frames = (given as WrittenPart[]).filter(({ chunk }) =>
            String(chunk).includes("data: "),
          );
          if (frames.length > 0) parts.push(frames.length);
          writev?.(given, callback);
        });
      },
    );
    await reader.rest();
    expect(onItsWay).toEqual([0, 1, 1]);
    // The terminal is the last.
    expect(parts).toEqual([1, 1, 1, 2, 1]);
  });

  test("events that come one in a tick are gathered after a few", async () => {
    const writes = await writesOf(async (stream) => {
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
    });
    // The opening, those that come alone, and up to 32 of the hundred before it is looked again.
    expect(writes.length).toBeLessThan(45);
    expect(writes.join("").match(/t\d+"/g)).toHaveLength(100);
  });

  test("a stream that waits listens to its response twice, to its request and its socket never", async () => {
    const { signal } = new AbortController();
    const opened = Promise.withResolvers<ServerResponse>();
    const finish = Promise.withResolvers<void>();
    const counted = (response: ServerResponse) => ({
      response: listenersOf(response),
      request: listenersOf(response.req),
      socket: listenersOf(response.req.socket),
      signal: getEventListeners(signal, "abort").length,
    });
    let before: ReturnType<typeof counted> | undefined;
    const reader = await open(
      handler(() => finish.promise, { signal }),
      (response) => {
        before = counted(response);
        opened.resolve(response);
      },
    );
    const response = await opened.promise;
    const more = () => subtract(counted(response), before ?? counted(response));
    // To learn of the end: close, error. Room to write is listened for only when there is none.
    expect(more()).toEqual({ response: 2, request: 0, socket: 0, signal: 1 });
    finish.resolve();
    await reader.rest();
    await nextTurn();
    // They stay, and go with the response: an error that comes late must not crash the process.
    expect(more()).toMatchObject({ response: 2, signal: 0 });
  });
});

function listenersOf(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

function subtract<Counts extends Record<string, number>>(after: Counts, before: Counts): Counts {
  const differences = Object.entries(after).map(([name, count]) => [
    name,
    count - (before[name] ?? 0),
  ]);
  return Object.fromEntries(differences) as Counts;
}
