// What a response costs, as counts: they are the same on every machine, so each bound is the number itself.
import { getEventListeners, type EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { nextTurn } from "../helpers/streamed.ts";
import type { Tells } from "./writes.ts";
import { framesIn, handlers, openResponse, watchPieces, writesOf } from "./writes.ts";

describe.each(handlers)("%s", (_, handler) => {
  test("a thousand tokens of one burst are one write, and their stream two", async () => {
    const writes = await writesOf(
      handler(async (stream) => {
        for (let n = 0; n < 1_000; n += 1) await stream.chunk(` t${n}`);
      }),
    );
    // The opening comment leaves before the producer starts. The terminal travels with the last token.
    expect(writes.map(framesIn)).toEqual([1, 1_001]);
  });

  /** In what forms the frames reach the socket of a stream. */
  async function formsOf(producer: Tells): Promise<string[]> {
    const forms = new Set<string>();
    const reader = await openResponse(handler(producer), (response) => {
      watchPieces(response, (frames) => {
        for (const { encoding } of frames) forms.add(encoding);
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
    const reader = await openResponse(
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
    const reader = await openResponse(
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
