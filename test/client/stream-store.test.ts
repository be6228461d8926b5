import { afterEach, describe, expect, test, vi } from "vitest";
import { connect, readEvents, type ConnectOptions } from "../../src/client/index.ts";
import { createStreamStore } from "../../src/client/stream-store.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";
import { begin, wireServer, type WireServer } from "../helpers/wire-server.ts";

const chunk = (content: string) => `data: {"type":"chunk","content":"${content}"}\n\n`;
const RESULT = 'data: {"type":"result","words":2}\n\n';
const DONE = "data: [DONE]\n\n";

let server: WireServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A store of what a server tells, request by request; each stays open unless its script ends it. */
async function storeOf(...texts: string[]) {
  let count = 0;
  server = await wireServer((response) => {
    const text = texts[Math.min(count++, texts.length - 1)] ?? "";
    begin(response, text);
    if (text.endsWith(DONE)) response.end();
  });
  const { url, asked, left } = server;
  const events: unknown[] = [];
  const store = createStreamStore(
    (more: ConnectOptions<never> = {}) => connect(url, { retry: false, ...more }),
    { onEvent: (event) => events.push(event) },
  );
  return { store, url, asked, left, events };
}

const until = (condition: () => void) => vi.waitFor(condition, { interval: 5, timeout: 5_000 });

describe("a store", () => {
  test("is idle before the first start, asks nobody, and its snapshot is one object", async () => {
    const { store, asked } = await storeOf(DONE);
    const first = store.getSnapshot();
    expect(first).toEqual({
      state: "idle",
      attempt: 0,
      text: "",
      isWhole: true,
      retryAt: undefined,
      error: undefined,
      outcome: undefined,
      status: undefined,
      result: undefined,
    });
    store.stop();
    expect(store.getSnapshot()).toBe(first);
    expect(store.save()).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test("shows what came, up to the end, and hands on each event", async () => {
    const { store, events } = await storeOf(chunk("Hel") + chunk("lo") + RESULT + DONE);
    store.start();
    expect(store.getSnapshot().state).toBe("connecting");
    await until(() => expect(store.getSnapshot().state).toBe("ended"));
    const last = store.getSnapshot();
    expect(last).toMatchObject({
      outcome: "completed",
      text: "Hello",
      result: { words: 2 },
      attempt: 1,
    });
    expect(store.getSnapshot()).toBe(last);
    expect(events).toHaveLength(3);
  });

  test("makes one request of several starts in one turn: the last", async () => {
    const { store, asked } = await storeOf(DONE);
    store.start({ json: 1 });
    store.stop();
    store.start({ json: 2 });
    await until(() => expect(store.getSnapshot().outcome).toBe("completed"));
    expect(asked.map(({ body }) => body)).toEqual(["2"]);
  });

  test("that is stopped in the turn of its start makes no request and has ended", async () => {
    const { store, asked, url } = await storeOf(DONE);
    let told = 0;
    store.subscribe(() => (told += 1));
    store.start();
    store.stop();
    expect(store.getSnapshot()).toMatchObject({ state: "ended", outcome: "aborted" });
    await until(() => expect(told).toBe(1));
    await fetch(url);
    expect(asked).toHaveLength(1);
  });

  test("stop closes the connection, keeps what came, and no event comes after it", async () => {
    const { store, events, left } = await storeOf(chunk("a"));
    store.start();
    await until(() => expect(store.getSnapshot().text).toBe("a"));
    store.stop();
    expect(store.getSnapshot()).toMatchObject({ state: "ended", outcome: "aborted", text: "a" });
    await left();
    expect(events).toHaveLength(1);
  });

  test("what cannot be opened is told as failed, not thrown at whoever started it", async () => {
    const { store, asked } = await storeOf(DONE);
    store.start({ connectMs: -1 });
    await until(() => expect(store.getSnapshot().state).toBe("ended"));
    expect(store.getSnapshot()).toMatchObject({ outcome: "failed", error: expect.any(RangeError) });
    store.start();
    await until(() => expect(store.getSnapshot().outcome).toBe("completed"));
    expect(asked).toHaveLength(1);
  });

  test("an event of the stream before never shows up in the one after it", async () => {
    const { store, left, asked } = await storeOf(chunk("old"), chunk("new"));
    const seen = new Set<string>();
    const states: string[] = [];
    store.start();
    await until(() => expect(store.getSnapshot().text).toBe("old"));
    const gone = left();
    store.subscribe(() => {
      seen.add(store.getSnapshot().text);
      states.push(store.getSnapshot().state);
    });
    store.start();
    expect(store.getSnapshot().text).toBe("");
    await until(() => expect(store.getSnapshot().text).toBe("new"));
    await gone;
    expect([...seen]).toEqual(["", "new"]);
    // That the one before was closed is nobody's news.
    expect(states.filter((state) => state === "connecting")).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  test("a start in a callback, with ten events waiting: none of those is told any more", async () => {
    const bodies = [Array.from("0123456789", chunk).join(""), chunk("new") + DONE];
    const contents: string[] = [];
    const store = createStreamStore(
      () => readEvents(eventStream(bodyOf([bodies.shift() ?? ""], "stays").body)),
      {
        onEvent(event) {
          if (event.type !== "chunk") return;
          contents.push(event.content);
          if (event.content === "2") store.start();
        },
      },
    );
    store.start();
    await until(() => expect(store.getSnapshot().text).toBe("new"));
    expect(contents).toEqual(["0", "1", "2", "new"]);
  });

  test("5,000 events in one tick are at most two notifications, and the end is exact", async () => {
    const text = chunk("x").repeat(5_000) + RESULT + DONE;
    const store = createStreamStore(() => readEvents(eventStream(bodyOf([text]).body)));
    const told: string[] = [];
    store.start();
    await Promise.resolve();
    store.subscribe(() => told.push(store.getSnapshot().state));
    await until(() => expect(told).toContain("ended"));
    expect(told.filter((state) => state !== "connecting").length).toBeLessThanOrEqual(2);
    expect(store.getSnapshot()).toMatchObject({
      text: "x".repeat(5_000),
      outcome: "completed",
      result: { words: 2 },
    });
  });

  test("a listener that throws, or has left, keeps nothing from the others", async () => {
    const { store } = await storeOf(DONE);
    const thrown = new Promise((resolve) => process.once("uncaughtException", resolve));
    const traps = process.listeners("uncaughtException").slice(0, -1);
    for (const trap of traps) process.off("uncaughtException", trap);
    let told = 0;
    store.subscribe(() => {
      throw new Error("theirs");
    })();
    const forget = store.subscribe(() => {
      forget();
      throw new Error("theirs");
    });
    store.subscribe(() => (told += 1));
    store.start();
    expect(await thrown).toMatchObject({ message: "theirs" });
    for (const trap of traps) process.on("uncaughtException", trap);
    await until(() => expect(store.getSnapshot().outcome).toBe("completed"));
    expect(told).toBeGreaterThan(1);
  });

  test("goes on after a reload from what it saved", async () => {
    const { store, asked, url } = await storeOf(`id: 7-1\n${chunk("a")}`, chunk("b") + DONE);
    store.start();
    await until(() => expect(store.getSnapshot().text).toBe("a"));
    const saved = store.save();
    expect(saved).toEqual({ url, lastEventId: "7-1", text: "a", isWhole: true });
    store.start(saved && { restore: saved });
    await until(() => expect(store.getSnapshot().outcome).toBe("completed"));
    expect(store.getSnapshot().text).toBe("ab");
    expect(asked[1]?.headers["last-event-id"]).toBe("7-1");
  });
});
