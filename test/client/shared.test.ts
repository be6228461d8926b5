import { afterEach, describe, expect, test, vi } from "vitest";
import {
  connect,
  RemoteError,
  type ConnectOptions,
  type EventStream,
} from "../../src/client/index.ts";
import { shared, type LeaderOptions } from "../../src/client/shared.ts";
import { openReader } from "../../src/client/tabs/reader.ts";
import type { Platform } from "../../src/client/tabs/seat.ts";
import { createTab } from "../../src/client/tabs/tab.ts";
import type { BaseEvents } from "../../src/protocol/define.ts";
import { feedServer, type FeedOptions, type FeedServer } from "../helpers/feed-server.ts";
import { begin, wireServer } from "../helpers/wire-server.ts";

type Stream = EventStream<BaseEvents>;

const opened: Stream[] = [];
const servers: Array<{ close: () => Promise<void> }> = [];
let names = 0;
afterEach(async () => {
  vi.unstubAllGlobals();
  for (const stream of opened.splice(0)) stream.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(options?: FeedOptions): Promise<FeedServer> {
  const server = await feedServer(options);
  servers.push(server);
  return server;
}

const PLATFORM: Platform = {
  locks: navigator.locks,
  createChannel: (name) => new BroadcastChannel(name),
};

/** Makes tabs that share a name: each call is a tab of its own, and what it answers opens a reader in it. */
function tabsOf(
  url: string,
  { backlog = 1_000, ...options }: ConnectOptions<BaseEvents> & { backlog?: number } = {},
  platform = PLATFORM,
) {
  const name = `test-${(names += 1)}`;
  const retry = { reconnectionTimeMs: 1 };
  const open = (given: LeaderOptions) => connect(url, { ...given, retry, ...options });
  return () => {
    const tab = createTab({ ...platform, name, open, backlog });
    return () => {
      const stream: Stream = openReader(tab);
      opened.push(stream);
      return stream;
    };
  };
}

/** What a loop was told, while it runs and after. */
function reading(stream: Stream) {
  const told: string[] = [];
  const events: Array<{ type: string }> = [];
  const over = (async () => {
    for await (const event of stream) {
      events.push(event);
      told.push(event.type === "chunk" ? event.content.trim() : event.type);
    }
  })();
  over.catch(() => {});
  const has = (...wanted: string[]) => vi.waitFor(() => expect(told).toEqual(wanted), 5_000);
  return { told, events, over, has, stream };
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);

describe("one name", () => {
  test("three tabs with two loops each make one request, and each loop gets each event once", async () => {
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`);
    const loops = [tab(), tab(), tab()].flatMap((open) => [reading(open()), reading(open())]);
    server.tell(3);
    await vi.waitFor(() => expect(server.open()).toBe(1));
    server.tell(40);
    await Promise.all(loops.map(({ has }) => has(...range(1, 43))));
    server.end();
    for (const { told, over, stream } of loops) {
      await over;
      expect(told.slice(43)).toEqual(["result"]);
      const text = `${range(1, 43).join(" ")} `;
      const end = { outcome: "completed", isWhole: true, text, result: { told: 43 } };
      expect(await stream.ended).toMatchObject(end);
      expect(stream.getSnapshot()).toMatchObject({ state: "ended", attempt: 1, text });
    }
    expect(server.asked).toEqual([undefined]);
  });

  test("`shared` finds the tab's own share again: by name, and in a module that was loaded twice", async () => {
    const server = await serving();
    const open = vi.fn<(given: LeaderOptions) => Stream>((given) =>
      connect(`${server.url}/stream`, given),
    );
    vi.resetModules();
    const again = (await import("../../src/client/shared.ts")).shared;
    expect(again).not.toBe(shared);
    const loops = [shared, shared, again].map((each) => reading(each("loaded twice", open)));
    opened.push(...loops.map(({ stream }) => stream));
    server.tell(2);
    await Promise.all(loops.map(({ has }) => has("1", "2")));
    expect(open).toHaveBeenCalledOnce();
    expect(open).toHaveBeenCalledWith({ restore: undefined, retry: { whileHidden: true } });
    expect(server.asked).toHaveLength(1);
  });

  test("a view that is mounted, unmounted and mounted in one turn makes one request", async () => {
    const server = await serving();
    const open = vi.fn<(given: LeaderOptions) => Stream>((given) =>
      connect(`${server.url}/stream`, given),
    );
    shared("strict", open).close();
    const loop = reading(shared("strict", open));
    opened.push(loop.stream);
    server.tell();
    await loop.has("1");
    expect(open).toHaveBeenCalledOnce();
  });

  test("options that are none are refused at once", () => {
    const open = () => connect("http://localhost");
    expect(() => shared("", open)).toThrow(/`name` must be/);
    expect(() => shared("x", 1 as never)).toThrow(/`open` must be a function/);
    expect(() => shared("x", open, { backlog: 0 })).toThrow(/`backlog` must be/);
    expect(() => shared("x", open, { signal: 1 as never })).toThrow(/`signal` must be/);
  });
});

describe("a loop that begins late", () => {
  test.each(["in the tab that leads", "in another tab"])(
    "%s gets what was told before",
    async (where) => {
      const server = await serving();
      const tab = tabsOf(`${server.url}/stream`);
      const first = tab();
      server.tell(5);
      await reading(first()).has(...range(1, 5));
      const late = reading(where === "in another tab" ? tab()() : first());
      await late.has(...range(1, 5));
      server.tell();
      await late.has(...range(1, 6));
      expect(late.stream.getSnapshot()).toMatchObject({ state: "open", isWhole: true });
      expect(server.asked).toHaveLength(1);
    },
  );

  test.each(["in the tab that leads", "in another tab"])(
    "%s is told a gap first when the beginning is no longer kept",
    async (where) => {
      const server = await serving();
      const tab = tabsOf(`${server.url}/stream`, { backlog: 3 });
      const first = tab();
      const early = reading(first());
      await vi.waitFor(() => expect(server.open()).toBe(1));
      for (let n = 1; n <= 8; n += 1) {
        server.tell();
        await early.has(...range(1, n));
      }
      const late = reading(where === "in another tab" ? tab()() : first());
      const kept = await vi.waitFor(() => {
        expect(late.told.at(-1)).toBe("8");
        return late.told;
      });
      expect(kept[0]).toBe("gap");
      expect(kept.slice(1)).toEqual(range(9 - (kept.length - 1), 8));
      expect(late.events[0]).toMatchObject({ oldest: `1700000000000-${kept[1]}` });
      expect(late.stream.getSnapshot().isWhole).toBe(false);
      expect(early.stream.getSnapshot().isWhole).toBe(true);
      server.end();
      expect(await late.stream.ended).toMatchObject({ outcome: "completed", isWhole: false });
    },
  );
});

describe("a loop that is slow", () => {
  test("holds nobody up, and is told a gap once it has fallen behind what is kept", async () => {
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`, { backlog: 100 });
    const open = tab();
    const slow = open()[Symbol.asyncIterator]();
    const quick = reading(open());
    const first = slow.next();
    await vi.waitFor(() => expect(server.open()).toBe(1));
    server.tell();
    expect((await first).value).toMatchObject({ content: "1 " });
    for (let n = 1; n < 40; n += 1) {
      server.tell(10);
      await quick.has(...range(1, 1 + n * 10));
    }
    const told: string[] = [];
    while (told.at(-1) !== "391") {
      const { value } = await slow.next();
      told.push(value?.type === "chunk" ? value.content.trim() : `${value?.type}`);
    }
    const gap = told.indexOf("gap");
    expect(told.slice(gap + 1)).toEqual(range(292, 391));
    // What it was handed before it stalled is not taken from it.
    expect(told.slice(0, gap)).toEqual(range(2, 1 + gap));
    expect(gap).toBeLessThanOrEqual(64);
  });
});

describe("the tab that holds the connection", () => {
  test("leaves: another goes on behind the last event, and nobody misses or repeats any", async () => {
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`);
    const leader = reading(tab()());
    await vi.waitFor(() => expect(server.open()).toBe(1));
    const others = [reading(tab()()), reading(tab()())];
    server.tell(4);
    await Promise.all(others.map(({ has }) => has(...range(1, 4))));
    leader.stream.close();
    server.tell(3);
    await Promise.all(others.map(({ has }) => has(...range(1, 7))));
    expect(server.asked).toEqual([undefined, "1700000000000-4"]);
    await vi.waitFor(() => expect(server.open()).toBe(1));
    expect(await leader.stream.ended).toMatchObject({ outcome: "aborted" });
    expect(others[1]?.stream.save()).toMatchObject({ lastEventId: "1700000000000-7" });
    // One that begins now is told all of it, by the tab that was told it.
    await reading(tab()()).has(...range(1, 7));
  });

  test("leaves a stream without IDs: the others are told `reset` before it starts over", async () => {
    const server = await serving({ hasIds: false });
    const tab = tabsOf(`${server.url}/stream`);
    const leader = reading(tab()());
    await vi.waitFor(() => expect(server.open()).toBe(1));
    const others = [reading(tab()()), reading(tab()())];
    server.tell(2);
    await Promise.all(others.map(({ has }) => has("1", "2")));
    leader.stream.close();
    await Promise.all(others.map(({ has }) => has("1", "2", "reset", "1", "2")));
    server.end();
    for (const { stream } of others) {
      expect(await stream.ended).toMatchObject({ outcome: "completed", text: "1 2 " });
    }
  });

  test("leaves a request that began something and has no way back: it is not sent again, and all know", async () => {
    const server = await wireServer((response) =>
      begin(response, 'data: {"type":"chunk","content":"1 "}\n\n'),
    );
    servers.push(server);
    const tab = tabsOf(server.url, { json: {} });
    const leader = reading(tab()());
    await leader.has("1");
    const others = [reading(tab()()), reading(tab()())];
    await Promise.all(others.map(({ has }) => has("1")));
    leader.stream.close();
    for (const { over, stream } of others) {
      await expect(over).rejects.toMatchObject({ code: "DROPPED" });
      expect(await stream.ended).toMatchObject({ outcome: "dropped", text: "1 " });
    }
    expect(server.asked).toHaveLength(1);
  });

  test("is cut: it comes back alone, and all tabs are shown that it waits", async () => {
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`, {
      retry: { reconnectionTimeMs: 100, random: () => 1 },
    });
    const loops = [reading(tab()()), reading(tab()())];
    server.tell(2);
    await Promise.all(loops.map(({ has }) => has("1", "2")));
    server.cut();
    for (const { stream } of loops) {
      await vi.waitFor(() => expect(stream.getSnapshot().state).toBe("waiting"));
      expect(stream.getSnapshot()).toMatchObject({ retryAt: expect.any(Number) });
      expect(stream.getSnapshot().error).toMatchObject({ code: "DROPPED" });
    }
    server.tell();
    await Promise.all(loops.map(({ has }) => has("1", "2", "3")));
    await vi.waitFor(() => expect(loops[1]?.stream.getSnapshot().state).toBe("open"));
    expect(server.asked).toEqual([undefined, "1700000000000-2"]);
  });

  test("is hidden, and is cut: it comes back all the same, since it reads for the others", async () => {
    vi.stubGlobal("document", { visibilityState: "hidden" });
    const server = await serving();
    const name = `test-${(names += 1)}`;
    const open = ({ retry, ...options }: LeaderOptions) =>
      connect(`${server.url}/stream`, { ...options, retry: { ...retry, reconnectionTimeMs: 1 } });
    const tab = () => openReader<BaseEvents>(createTab({ ...PLATFORM, name, open, backlog: 10 }));
    const loops = [reading(tab()), reading(tab())];
    opened.push(...loops.map(({ stream }) => stream));
    server.tell();
    await Promise.all(loops.map(({ has }) => has("1")));
    server.cut();
    server.tell();
    await Promise.all(loops.map(({ has }) => has("1", "2")));
    expect(server.asked).toEqual([undefined, "1700000000000-1"]);
  });

  test("aborts its own request: it is out, and the others go on", async () => {
    const server = await serving();
    const controller = new AbortController();
    const name = `test-${(names += 1)}`;
    const tab = (signal?: AbortSignal) =>
      openReader<BaseEvents>(
        createTab({
          ...PLATFORM,
          name,
          backlog: 10,
          open: (given) => connect(`${server.url}/stream`, { ...given, signal }),
        }),
      );
    const leader = reading(tab(controller.signal));
    await vi.waitFor(() => expect(server.open()).toBe(1));
    const other = reading(tab());
    opened.push(leader.stream, other.stream);
    server.tell();
    await Promise.all([leader.has("1"), other.has("1")]);
    controller.abort(new Error("enough"));
    await leader.over;
    expect(await leader.stream.ended).toMatchObject({
      outcome: "aborted",
      error: controller.signal.reason,
    });
    server.tell();
    await other.has("1", "2");
  });

  test("is left by a loop elsewhere without notice, and closes when the last one leaves", async () => {
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`);
    const leader = tab();
    const [one, two] = [reading(leader()), reading(leader())];
    server.tell();
    await one.has("1");
    const elsewhere = reading(tab()());
    await elsewhere.has("1");
    elsewhere.stream.close();
    one.stream.close();
    server.tell();
    await two.has("1", "2");
    expect(elsewhere.told).toEqual(["1"]);
    two.stream.close();
    await vi.waitFor(() => expect(server.open()).toBe(0));
    expect(server.asked).toHaveLength(1);
  });
});

describe("the end", () => {
  test("reaches a tab that begins after it, also from one that only heard of it", async () => {
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`);
    const leader = reading(tab()());
    server.tell(2);
    await leader.has("1", "2");
    const heard = reading(tab()());
    await heard.has("1", "2");
    server.end();
    await Promise.all([leader.over, heard.over]);
    const late = reading(tab()());
    await late.over;
    expect(late.told).toEqual(["1", "2", "result"]);
    leader.stream.close();
    const later = reading(tab()());
    await later.over;
    expect(later.told).toEqual(["1", "2", "result"]);
    expect(await later.stream.ended).toMatchObject({ outcome: "completed", result: { told: 2 } });
    expect(server.asked).toHaveLength(1);
  });

  test("of a stream that failed is an `error` event in each tab, and no throw", async () => {
    const error = '{"type":"error","message":"no","code":"QUOTA"}';
    const server = await wireServer((response) => {
      begin(response, `data: ${error}\n\n`);
      response.end("data: [DONE]\n\n");
    });
    servers.push(server);
    const tab = tabsOf(server.url);
    const loops = [reading(tab()()), reading(tab()())];
    for (const { over, told, stream } of loops) {
      await over;
      expect(told).toEqual(["error"]);
      const end = await stream.ended;
      expect(end).toMatchObject({ outcome: "failed", error: { event: { code: "QUOTA" } } });
      expect(end.error).toBeInstanceOf(RemoteError);
    }
    expect(server.asked).toHaveLength(1);
  });

  test("of a request that was refused is thrown in each tab, with its status", async () => {
    const server = await wireServer((response) => response.writeHead(403).end("secret"));
    servers.push(server);
    const tab = tabsOf(server.url);
    for (const { over, stream } of [reading(tab()()), reading(tab()())]) {
      await expect(over).rejects.toMatchObject({
        code: "CONNECT_REFUSED",
        status: 403,
        attempt: 1,
      });
      expect(await stream.ended).toMatchObject({ outcome: "failed", error: { body: "secret" } });
      expect(((await stream.ended).error as Error).message).not.toContain("secret");
    }
    expect(server.asked).toHaveLength(1);
  });

  test("of an `open` that throws is told to all", async () => {
    const name = `test-${(names += 1)}`;
    const open = () => {
      throw new TypeError("no such page");
    };
    const tab = () => openReader(createTab({ ...PLATFORM, name, open, backlog: 10 })) as Stream;
    const [leader, other] = [reading(tab()), reading(tab())];
    opened.push(leader.stream, other.stream);
    await expect(leader.over).rejects.toThrow("no such page");
    await expect(other.over).rejects.toMatchObject({ code: "FAILED_ELSEWHERE" });
  });

  test("of a stream with an event that cannot be cloned is a failure that says so", async () => {
    const server = await serving();
    const toFunction = {
      "~standard": { version: 1, vendor: "x", validate: () => ({ value: { content: () => {} } }) },
    };
    const { defineEvents } = await import("../../src/index.ts");
    const events = defineEvents({ chunk: toFunction as never });
    const tab = tabsOf(`${server.url}/stream`, { events });
    server.tell();
    const stream = tab()();
    expect(await stream.ended).toMatchObject({
      outcome: "failed",
      error: { code: "NOT_CLONEABLE" },
    });
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });
});

describe("what another script posts", () => {
  test("is ignored when it is malformed, and nothing of it is in an error", async () => {
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`);
    const loops = [reading(tab()()), reading(tab()())];
    server.tell();
    await Promise.all(loops.map(({ has }) => has("1")));
    const channel = new BroadcastChannel(`test-${names}`);
    const heard: Array<Record<string, unknown>> = [];
    channel.addEventListener("message", ({ data }) => heard.push(data));
    server.tell();
    await Promise.all(loops.map(({ has }) => has("1", "2")));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    const badOf = (good: object): unknown[] => [
      null,
      "secret",
      { type: "chunk", content: "secret" },
      { ...good, ssekit: 2 },
      { ...good, kind: "toString" },
      { ...good, kind: { toString: "secret" } },
      { ...good, term: -1 },
      { ...good, line: 7 },
      { ...good, position: 1.5 },
      { ...good, entry: { event: { content: "secret" } } },
      { ...good, entry: { event: { type: "done" } } },
      { ...good, entry: { event: { type: "chunk", content: "secret" }, id: 7 } },
      { ...good, kind: "end", end: { outcome: "secret" } },
      { ...good, kind: "lead", facts: { state: "secret", attempt: 1 } },
      { ...good, kind: "sync", to: "secret", ask: 0, entries: "secret" },
      { ...good, kind: "hello", from: 7, ask: 0 },
    ];
    const count = badOf({}).length;
    for (let n = 0; n < count; n += 1) {
      // As if it came from the leader, and were next.
      const bad = badOf({ ...heard[0], position: n + 3 })[n];
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
      channel.postMessage(bad);
      server.tell();
      await Promise.all(loops.map(({ has }) => has(...range(1, n + 3))));
    }
    // Nor did anybody ask what was meant.
    expect(new Set(heard.map(({ kind }) => kind))).toEqual(new Set(["event"]));
    channel.close();
  });
});

describe("a page that leaves for the browser's cache", () => {
  test("gives the connection up, and is told what it missed when it comes back", async () => {
    const page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`);
    const cached = reading(tab()());
    vi.unstubAllGlobals();
    await vi.waitFor(() => expect(server.open()).toBe(1));
    const other = reading(tab()());
    server.tell(2);
    await Promise.all([cached, other].map(({ has }) => has("1", "2")));
    page.dispatchEvent(new Event("pagehide"));
    server.tell(2);
    await other.has(...range(1, 4));
    expect(cached.told).toEqual(["1", "2"]);
    expect(server.asked).toEqual([undefined, "1700000000000-2"]);
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await cached.has(...range(1, 4));
    // Now it is the other that leaves.
    other.stream.close();
    server.tell();
    await cached.has(...range(1, 5));
    expect(server.asked.at(-1)).toBe("1700000000000-4");
    await vi.waitFor(() => expect(server.open()).toBe(1));
  });
});

describe("where there is nothing to share by", () => {
  const refusing = { request: () => Promise.reject(new DOMException("no", "SecurityError")) };
  test.each([
    ["no Web Locks", { ...PLATFORM, locks: undefined }],
    ["no BroadcastChannel", { ...PLATFORM, createChannel: undefined }],
    ["Web Locks that are refused", { ...PLATFORM, locks: refusing }],
  ])("%s: each tab has one connection of its own, for all of its loops", async (_, platform) => {
    const server = await serving();
    const tab = tabsOf(`${server.url}/stream`, {}, platform);
    const loops = [tab(), tab()].flatMap((open) => [reading(open()), reading(open())]);
    server.tell(2);
    await Promise.all(loops.map(({ has }) => has("1", "2")));
    expect(server.asked).toHaveLength(2);
    for (const { stream } of loops) stream.close();
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });
});
