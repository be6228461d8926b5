import { describe, expect, test } from "vitest";
import type { LogStore, Retention } from "../../src/log/index.ts";
import { createChannel, createRuns, memoryStore, readLog } from "../../src/log/index.ts";
import { LogError } from "../../src/index.ts";
import type { ByteSink } from "../../src/core/source.ts";
import { heldBytes } from "../helpers/memory.ts";
import { nextTurn } from "../helpers/streamed.ts";
import { settled } from "../helpers/time.ts";

const asked = (headers: Record<string, string> = {}) =>
  new Request("http://local/runs", { headers });
const idsOf = (text: string) =>
  Array.from(text.matchAll(/^id: \d+-(\d+)$/gm), ([, n]) => Number(n));
const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);

/** Starts a run whose one reader has its first event. `tell` has it tell ten times what is held ready. */
async function withSlowReader(store: LogStore, retention?: Partial<Retention>) {
  const { promise, resolve: tell } = Promise.withResolvers<void>();
  const run = await createRuns({ store, retention }).start(async (stream) => {
    await stream.chunk("first");
    await promise;
    for (let n = 0; n < 3_000; n += 1) await stream.chunk("x".repeat(1_000));
  });
  const reader = (await run.respond(asked())).body?.getReader();
  await reader?.read();
  await reader?.read();
  /** All that it gets from then on. */
  const readOn = async () => {
    let text = "";
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      text += new TextDecoder().decode(next.value);
    }
    return text;
  };
  return { run, tell, readOn };
}

describe("a reader that is slower than the work", () => {
  test("falls out of what is held ready, and gets all of it from the store, once and in order", async () => {
    const { run, readOn, tell } = await withSlowReader(memoryStore());
    tell();
    const quick = await (await run.respond(asked())).text();
    await run.ended;
    const text = await readOn();
    expect(idsOf(text)).toEqual(upTo(3_002, 2));
    expect(idsOf(quick)).toEqual(upTo(3_002));
    expect(text).not.toContain("gap");
  });

  test("past the retention it is told of the gap, before what is still kept", async () => {
    const store = memoryStore();
    const { run, readOn, tell } = await withSlowReader(store, { maxEvents: 500 });
    tell();
    await run.ended;
    const text = await readOn();
    const ids = idsOf(text);
    const [oldest = 0] = ids;
    expect(ids).toEqual(upTo(3_002, oldest));
    expect(text.replaceAll(/\d{13}-/g, "E-")).toMatch(
      new RegExp(`^data: {"type":"gap","after":"E-1","oldest":"E-${oldest}"}\n\nid: E-${oldest}\n`),
    );
    // Who reads the log itself is thrown at.
    const all = async () => {
      for await (const { entries } of readLog(store, `run/${run.id}`))
        expect(entries).toBeDefined();
    };
    await expect(all()).rejects.toMatchObject({
      code: "LOG_GAP",
      oldest: expect.stringMatching(/-2503$/) as string,
    });
    // Without a cursor the beginning is missing: that is a gap, too.
    const late = await (await run.respond(asked())).text();
    expect(late).toMatch(
      /^: open heartbeatMs=15000\n\ndata: {"type":"gap","oldest":"\d+-2503"}\n\n/,
    );
    expect(idsOf(late)).toEqual(upTo(3_002, 2_503));
  });

  test("a thousand readers that stall cost next to no memory, and hold up nobody", async () => {
    const runs = createRuns({
      store: memoryStore(),
      retention: { maxBytes: 1_000_000 },
      stallMs: 0,
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = await runs.start(async (stream) => {
      await stream.chunk("first");
      await promise;
      for (let n = 0; n < 20_000; n += 1) await stream.chunk("x".repeat(1_000));
    });
    const stalled = await Promise.all(
      Array.from({ length: 1_000 }, async () => (await run.respond(asked())).body?.getReader()),
    );
    for (const reader of stalled) await reader?.read();
    const before = heldBytes();
    // The text itself is not kept in sight: it is as long as all that was told.
    const quick = (await run.respond(asked())).text().then((text) => idsOf(text).at(-1));
    resolve();
    expect(await quick).toBe(20_002);
    // The engine keeps the text that was matched last.
    expect("").toMatch(/^/);
    const grown = heldBytes() - before;
    // 20 MB were told. What is kept of them, and what is held ready, is bounded.
    expect(grown).toBeLessThan(12_000_000);
    await Promise.all(stalled.map((reader) => reader?.cancel()));
  });
});

describe("ten thousand readers of a channel, a hundred of which stand still", () => {
  test("the others get each event in the turn that it is told in, and what is held is bounded", async () => {
    const store = memoryStore();
    const channel = createChannel({ store, retention: { maxBytes: 1_000_000 }, stallMs: 0 });
    const counts = new Map<number, number>();
    const streams = await Promise.all(
      Array.from({ length: 10_000 }, async () => (await channel.reply(asked())).stream),
    );
    for (const [n, stream] of streams.entries()) {
      let took = 0;
      const sink: ByteSink = {
        takesText: false,
        takesAhead: false,
        onChunk(chunk) {
          took += 1;
          if (chunk === undefined) return;
          counts.set(n, took - 1);
          // Each hundredth takes what it is told first, and then nothing more.
          if (n % 100 !== 0 || took === 1) stream?.take(sink);
        },
      };
      stream?.take(sink);
    }
    const before = heldBytes();
    for (let event = 1; event <= 100; event += 1) {
      await channel.publish({ type: "chunk", content: "x".repeat(50_000) });
      await channel.flush();
      await nextTurn();
      const behind = Array.from(counts.values()).filter((count) => count < event).length;
      expect(behind).toBe(event === 1 ? 0 : 100);
    }
    // 5 MB were told, and 500 MB would wait if each that stands still had a queue of its own.
    expect(heldBytes() - before).toBeLessThan(6_000_000);
    for (const stream of streams) stream?.leave("done");
    await store.close();
  });
});

/** A store whose appends fail for as long as `isAway` says so. */
function unreliable(isAway: () => boolean): LogStore {
  const store = memoryStore();
  return Object.assign(Object.create(store) as LogStore, {
    append: async (...args: Parameters<LogStore["append"]>) => {
      if (!isAway()) return store.append(...args);
      // Half of them have arrived all the same.
      if (Math.random() < 0.5) await store.append(...args);
      throw new LogError("LOG_UNAVAILABLE", "the store is away");
    },
  });
}

describe("a store that is away", () => {
  test("what is told meanwhile waits, and is told once and in order when it is back", async () => {
    let isAway = true;
    const runs = createRuns({ store: unreliable(() => isAway) });
    const run = await runs.start(async (stream) => {
      for (let n = 0; n < 600; n += 1) stream.chunk(`${n} `);
      await stream.chunk("last");
    });
    const text = (await run.respond(asked())).text();
    await new Promise((resolve) => setTimeout(resolve, 300));
    isAway = false;
    expect(idsOf(await text)).toEqual(upTo(602));
    expect(await run.ended).toMatchObject({ outcome: "completed" });
  });

  test("past the bounds the run ends as dropped with a typed error, and what was accepted is told", async () => {
    let isAway = true;
    const queue = { maxItems: 100, highWaterMark: 50 };
    const runs = createRuns({ store: unreliable(() => isAway), queue });
    let accepted = 0;
    const run = await runs.start(async (stream) => {
      while (stream.isOpen) {
        if (stream.send({ type: "chunk", content: "a" }) !== false) accepted += 1;
        // Nobody waits here: the queue has to say no in the end.
        if (accepted % 10 === 0) await settled(() => accepted, 1);
      }
    });
    const text = (await run.respond(asked())).text();
    await new Promise((resolve) => setTimeout(resolve, 300));
    isAway = false;
    const ids = idsOf(await text);
    expect(ids).toEqual(upTo(accepted + 2));
    expect(await text).toMatch(/"code":"DROPPED"}\n\nid: [\d-]+\ndata: \[DONE\]\n\n$/);
    expect(await run.ended).toMatchObject({ outcome: "dropped", error: { code: "LOG_OVERFLOW" } });
  });

  test("for too long: the run is given up, its signal aborts, and it can be read what there is", async () => {
    const runs = createRuns({ store: unreliable(() => true), storeAwayMs: 200 });
    let reason: unknown;
    const run = await runs.start(async (stream) => {
      await stream.chunk("a");
      await new Promise((resolve) => stream.signal.addEventListener("abort", resolve));
      reason = stream.signal.reason;
    });
    expect(await run.ended).toMatchObject({
      outcome: "dropped",
      error: { code: "LOG_UNAVAILABLE" },
    });
    expect(reason).toMatchObject({ code: "LOG_UNAVAILABLE" });
  });
});
