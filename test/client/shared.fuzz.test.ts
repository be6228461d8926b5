import { expect, test } from "vitest";
import { connect, type EventStream } from "../../src/client/index.ts";
import { openReader } from "../../src/client/tabs/reader.ts";
import type { Channel } from "../../src/client/tabs/seat.ts";
import { createTab } from "../../src/client/tabs/tab.ts";
import type { BaseEvents } from "../../src/protocol/define.ts";
import { nextTurn } from "../helpers/streamed.ts";

// Tabs that die at any time, and what they posted last reaches some of the others and not the rest.

const SEEDS = 150;
const STEPS = 150;

/** mulberry32: the same steps for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Listener = (event: MessageEvent) => void;
type Queue = { from: number; to: number; messages: unknown[] };

/** A channel whose messages arrive when the test says so: in order from one tab, in any order from several. */
function createBus(random: () => number) {
  const listeners = new Map<number, Listener>();
  const queues: Queue[] = [];
  const queueOf = (from: number, to: number) => {
    const known = queues.find((queue) => queue.from === from && queue.to === to);
    if (known) return known;
    const queue: Queue = { from, to, messages: [] };
    queues.push(queue);
    return queue;
  };
  const dead = new Set<number>();
  return {
    channelOf: (tab: number): Channel => ({
      postMessage(message: unknown) {
        if (dead.has(tab)) return;
        for (const to of listeners.keys()) {
          if (to !== tab) queueOf(tab, to).messages.push(structuredClone(message));
        }
      },
      addEventListener: (_: string, listener: unknown) => {
        listeners.set(tab, listener as Listener);
      },
      close: () => void listeners.delete(tab),
    }),
    deliver(): boolean {
      const full = queues.filter(({ messages }) => messages.length > 0);
      const queue = full[Math.floor(random() * full.length)];
      const data = queue?.messages.shift();
      if (queue && !dead.has(queue.to)) listeners.get(queue.to)?.({ data } as MessageEvent);
      return queue !== undefined;
    },
    /** It posts nothing more; of what is on its way, each of the others gets the beginning. */
    kill(tab: number) {
      dead.add(tab);
      listeners.delete(tab);
      for (const { from, messages } of queues) {
        if (from === tab) messages.length = Math.floor(random() * (messages.length + 1));
      }
    },
  };
}

/** Locks that a tab which dies lets go of. */
function createLocks() {
  const waiting: Array<{ tab: number; grant: () => unknown }> = [];
  let holder: number | undefined;
  const next = () => {
    if (holder !== undefined) return;
    const first = waiting.shift();
    if (!first) return;
    holder = first.tab;
    void Promise.resolve(first.grant()).then(() => release(first.tab));
  };
  const release = (tab: number) => {
    if (holder === tab) holder = undefined;
    next();
  };
  return {
    holder: () => holder,
    locksOf: (tab: number) => ({
      request: (_: string, { signal }: { signal: AbortSignal }, grant: () => unknown) =>
        new Promise<never>((_resolve, reject) => {
          const entry = { tab, grant };
          waiting.push(entry);
          signal.addEventListener("abort", () => {
            const index = waiting.indexOf(entry);
            if (index >= 0) waiting.splice(index, 1);
            reject(signal.reason as Error);
          });
          queueMicrotask(next);
        }),
    }),
    kill(tab: number) {
      const index = waiting.findIndex((entry) => entry.tab === tab);
      if (index >= 0) waiting.splice(index, 1);
      release(tab);
    },
  };
}

/** A stream that is replayed behind the last event ID. */
function createSource(idOf: ((n: number) => string) | undefined) {
  const frames: string[] = [];
  const ids: string[] = [];
  const open = new Map<number, (text: string) => void>();
  const dead = new Set<number>();
  return {
    connections: () => [...open.keys()].filter((tab) => !dead.has(tab)).length,
    total: () => frames.length,
    kill: (tab: number) => {
      dead.add(tab);
      open.delete(tab);
    },
    tell(event: object) {
      const n = frames.length + 1;
      ids.push(idOf?.(n) ?? "");
      const frame = `${idOf ? `id: ${idOf(n)}\n` : ""}data: ${JSON.stringify(event)}\n\n`;
      frames.push(frame);
      for (const write of open.values()) write(frame);
    },
    terminal() {
      for (const write of open.values()) write("data: [DONE]\n\n");
    },
    fetchOf:
      (tab: number) =>
      async (_: string, { headers, signal }: RequestInit) => {
        if (dead.has(tab)) return new Promise<never>(() => {});
        const id = (headers as Headers).get("last-event-id");
        const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
          start(controller) {
            const utf8 = new TextEncoder();
            const write = (text: string) => controller.enqueue(utf8.encode(text));
            for (const frame of frames.slice(id ? ids.indexOf(id) + 1 : 0)) write(frame);
            open.set(tab, write);
            signal?.addEventListener("abort", () => open.delete(tab));
          },
          cancel: () => void open.delete(tab),
        });
        return new Response(body, { headers: { "content-type": "text/event-stream" } });
      },
  };
}

interface Reader {
  tab: number;
  stream: EventStream<BaseEvents>;
  told: string[];
}

async function play(seed: number, idOf: ((n: number) => string) | undefined) {
  const random = randomOf(seed);
  const bus = createBus(random);
  const locks = createLocks();
  const source = createSource(idOf);
  const readers: Reader[] = [];
  let tabs = 0;
  let kills = 0;
  const openTab = () => {
    const tab = (tabs += 1);
    const fetch = source.fetchOf(tab);
    const shared = createTab<BaseEvents>({
      name: "fuzz",
      backlog: 1_000,
      open: (given) => connect("http://localhost/stream", { ...given, fetch }),
      locks: locks.locksOf(tab) as never,
      createChannel: () => bus.channelOf(tab),
    });
    const count = 1 + Math.floor(random() * 2);
    for (let n = 0; n < count; n += 1) {
      const reader: Reader = { tab, stream: openReader<BaseEvents>(shared), told: [] };
      readers.push(reader);
      void (async () => {
        for await (const event of reader.stream) {
          if (event.type === "reset") reader.told = [];
          else reader.told.push(event.type === "chunk" ? event.content : event.type);
        }
      })();
    }
  };
  const alive = () => [...new Set(readers.map(({ tab }) => tab))];
  const kill = (tab: number) => {
    kills += 1;
    for (let at = readers.length - 1; at >= 0; at -= 1) {
      if (readers[at]?.tab === tab) readers.splice(at, 1);
    }
    source.kill(tab);
    bus.kill(tab);
    locks.kill(tab);
  };
  const settle = async () => {
    for (let quiet = 0; quiet < 6; quiet += 1) {
      while (bus.deliver()) quiet = 0;
      await nextTurn();
    }
  };

  openTab();
  openTab();
  for (let step = 0; step < STEPS; step += 1) {
    const draw = random();
    if (draw < 0.3) source.tell({ type: "chunk", content: `${source.total() + 1}` });
    else if (draw < 0.8) bus.deliver();
    else if (draw < 0.86 && alive().length < 5) openTab();
    else if (draw < 0.9) {
      // Mostly who leads; and then another, before anybody heard of it.
      const holder = locks.holder();
      const victim = random() < 0.8 && holder !== undefined ? holder : alive()[0];
      if (victim !== undefined && alive().length > 1) kill(victim);
      for (let n = 0; n < 4; n += 1) await nextTurn();
      for (let n = Math.floor(random() * 16); n > 0; n -= 1) bus.deliver();
      const next = locks.holder();
      if (random() < 0.4 && next !== undefined && alive().length > 1) kill(next);
    } else await nextTurn();
  }
  await settle();
  const connections = source.connections();
  source.tell({ type: "result", total: source.total() });
  source.terminal();
  await settle();
  const ends = await Promise.all(
    readers.map(async ({ stream, told }) => ({
      told,
      state: stream.getSnapshot().state,
      outcome: stream.getSnapshot().outcome,
    })),
  );
  for (const { stream } of readers) stream.close();
  const wanted = Array.from({ length: source.total() - 1 }, (_, index) => `${index + 1}`);
  return { ends, wanted: [...wanted, "result"], connections, kills };
}

test.each([
  ["numbered IDs", (n: number) => `1700000000000-${n}`],
  ["IDs of a form of their own", (n: number) => `event/${n}`],
  ["no IDs", undefined],
])(
  "whoever dies when, of a stream with %s the others are told each event once",
  async (_, idOf) => {
    let kills = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { ends, wanted, connections, ...rest } = await play(seed, idOf);
      kills += rest.kills;
      expect(connections, `seed ${seed}`).toBe(1);
      for (const end of ends) {
        expect(end, `seed ${seed}`).toEqual({ told: wanted, state: "ended", outcome: "completed" });
      }
    }
    // The check itself: leaders did die.
    expect(kills).toBeGreaterThan(SEEDS);
  },
  60_000,
);
