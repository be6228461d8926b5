import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EventSource, type EventSourceErrorEvent } from "../../src/client/eventsource.ts";
import { attempts, cutAfter, open, refusal, whole } from "../helpers/attempts.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";

type Told = [type: string, readyState: number, data?: unknown, lastEventId?: string];

/** Opens a source that is closed after the test, and notes what it dispatches until `isLast`. */
function hear(
  url: string,
  options: ConstructorParameters<typeof EventSource>[1] = {},
  names: string[] = [],
) {
  const source = new EventSource(url, { reconnectionTimeMs: 1, ...options });
  onTestFinished(() => source.close());
  const events: Event[] = [];
  const told: Told[] = [];
  for (const name of ["open", "message", "error", ...names]) {
    source.addEventListener(name, (event: Event) => {
      events.push(event);
      const { data, lastEventId } = event as MessageEvent<string>;
      told.push(
        data === undefined
          ? [name, source.readyState]
          : [name, source.readyState, data, lastEventId],
      );
    });
  }
  const until = (count: number) =>
    vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(count), { interval: 1 });
  return { source, events, told, until };
}

const DATA = "data: a\n\n";

describe("a connection", () => {
  test("is announced, and its messages come with their type, place and origin", async () => {
    const { url, asked } = await attempts(
      open("\uFEFFid: 1\nevent: price\ndata: a\ndata:b\n\n: heartbeat\nnope: x\ndata\n\n"),
    );
    const { source, events, told, until } = hear(url, {}, ["price"]);
    expect(source.readyState).toBe(EventSource.CONNECTING);
    await until(3);
    expect(told).toEqual([
      ["open", 1],
      ["price", 1, "a\nb", "1"],
      ["message", 1, "", "1"],
    ]);
    expect(events[1]).toBeInstanceOf(MessageEvent);
    expect((events[1] as MessageEvent).origin).toBe(url);
    expect(asked[0]).toMatchObject({
      method: "GET",
      headers: { accept: "text/event-stream", "cache-control": "no-cache" },
    });
    expect(asked[0]?.headers).not.toHaveProperty("last-event-id");
  });

  test("that another address answers has the origin of that one, and comes back to the first", async () => {
    const named = { "content-location": "/elsewhere" };
    const there = await attempts(whole(`id: 1\n${DATA}`, named), open(DATA));
    const here = await attempts(refusal(307, { location: `${there.url}/there` }));
    const { source, events, until } = hear(`${here.url}/here`);
    await until(5);
    expect(source.url).toBe(`${here.url}/here`);
    expect((events[1] as MessageEvent).origin).toBe(there.url);
    expect(here.asked.map(({ url, headers }) => [url, headers["last-event-id"]])).toEqual([
      ["/here", undefined],
      ["/here", "1"],
    ]);
  });

  test("keeps the last event ID over messages and connections; empty clears it, NUL changes nothing", async () => {
    const { url, asked } = await attempts(
      whole(`id: …\n${DATA}${DATA}id: x\0\n${DATA}`),
      whole(`${DATA}id\n${DATA}`),
      whole(`id: 7\n\nid: 8\n`),
      open(DATA),
    );
    const { told, until } = hear(url);
    await until(13);
    expect(told.filter(([type]) => type === "message").map(([, , , id]) => id)).toEqual([
      "…",
      "…",
      "…",
      "…",
      "",
      "7",
    ]);
    expect(asked.map(({ headers }) => headers["last-event-id"])).toEqual([
      undefined,
      Buffer.from("…").toString("latin1"),
      undefined,
      "7",
    ]);
  });

  test("whose messages were here before gives them again: the standard knows no duplicates", async () => {
    const { url } = await attempts(whole(`id: 7-1\n${DATA}`), open(`id: 7-1\n${DATA}`));
    const { told, until } = hear(url);
    await until(5);
    expect(told.map(([type]) => type)).toEqual(["open", "message", "error", "open", "message"]);
  });

  test("takes [DONE] for data like any other", async () => {
    const { url } = await attempts(open(`data: [DONE]\n\n${DATA}`));
    const { told, until } = hear(url);
    await until(3);
    expect(told.slice(1).map(([, , data]) => data)).toEqual(["[DONE]", "a"]);
  });
});

describe("a connection that is lost", () => {
  test.each([
    ["ends", whole],
    ["breaks", cutAfter],
  ])(
    "because its body %s is made again, and told as an error while connecting",
    async (_, lose) => {
      const { url } = await attempts(lose(DATA), open(DATA));
      const { told, events, until } = hear(url);
      await until(5);
      expect(told).toEqual([
        ["open", 1],
        ["message", 1, "a", ""],
        ["error", 0],
        ["open", 1],
        ["message", 1, "a", ""],
      ]);
      expect(events[2]).toMatchObject({ error: { code: expect.stringMatching(/TRUNC|DROP/) } });
      expect(events[2]).not.toHaveProperty("data");
    },
  );

  test("and never came about is tried again after the reconnection time", async () => {
    const send = vi.fn<() => Promise<Response>>(() => Promise.reject(new TypeError("no network")));
    const { told, events, until } = hear("http://local/", { fetch: send });
    await until(3);
    expect(told.every(([type, state]) => type === "error" && state === 0)).toBe(true);
    expect(events[0]).toMatchObject({ error: { code: "CONNECT_FAILED" }, status: undefined });
    expect(send.mock.calls.length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ["nothing", "", 3_000],
    ["retry: 700", "retry: 700\n\n", 700],
    ["retry: 0", "retry: 0\n\n", 0],
    ["retry: -5, which is no number", "retry: 700\nretry: -5\nretry: 1e3\nretry:\n\n", 700],
  ])("waits as long as the server says: %s", async (_, line, waitMs) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const send = vi.fn<() => Promise<Response>>(async () => eventStream(bodyOf([line]).body));
    const source = new EventSource("http://local/", { fetch: send });
    onTestFinished(() => source.close());
    const lost = new Promise((resolve) => source.addEventListener("error", resolve));
    await lost;
    const before = send.mock.calls.length;
    await vi.advanceTimersByTimeAsync(Math.max(waitMs - 1, 0));
    const early = waitMs > 0 ? send.mock.calls.length : before;
    await vi.advanceTimersByTimeAsync(1);
    expect([before, early]).toEqual([1, 1]);
    expect(send.mock.calls.length).toBeGreaterThan(1);
  });
});

describe("a refusal ends it for good, with one error event", () => {
  test.each([204, 205, 301, 400, 404, 408, 429, 500, 503])("status %i", async (status) => {
    const { url, asked } = await attempts(refusal(status));
    const { source, told, events, until } = hear(url);
    await until(1);
    expect(told).toEqual([["error", EventSource.CLOSED]]);
    expect(events[0]).toMatchObject({ status, error: { code: "CONNECT_REFUSED" } });
    expect(source.readyState).toBe(2);
    expect(asked).toHaveLength(1);
  });

  test.each([
    ["text/html", false],
    ["text/event-streams", false],
    ["text/event-stream;charset=windows-1252", true],
    ["TEXT/event-stream ; x", true],
  ])("content type %s: is it a stream? %s", async (type, isStream) => {
    const { url } = await attempts(open(DATA, { "content-type": type }));
    const { source, told, until } = hear(url);
    await until(isStream ? 2 : 1);
    expect(source.readyState).toBe(isStream ? 1 : 2);
    expect(told.map(([name]) => name)).toEqual(isStream ? ["open", "message"] : ["error"]);
  });

  test.each(["ftp://local/", "about:blank", "mailto:a@b.c", "http://a:b@local/"])(
    "%s, where no stream can be",
    async (url) => {
      const { told, until } = hear(url);
      await until(1);
      expect(told).toEqual([["error", 2]]);
    },
  );
});

describe("close()", () => {
  test("ends everything, also the messages of the same chunk, also after a wait of the listener's", async () => {
    for (const isAsync of [false, true]) {
      const { url, left } = await attempts(open(DATA.repeat(3)));
      const { source, told, until } = hear(url);
      source.onmessage = async () => {
        if (isAsync) await undefined;
        source.close();
      };
      await until(2);
      await left();
      expect(told.map(([type]) => type)).toEqual(["open", "message"]);
      expect(source.readyState).toBe(2);
    }
  });

  test("before the response: nothing is ever told", async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const { source, told } = hear("http://local/", { fetch: () => promise });
    source.close();
    source.close();
    const { body, cancelled } = bodyOf([DATA], "stays");
    resolve(eventStream(body));
    await vi.waitFor(() => expect(cancelled()).toBe(1));
    expect(told).toEqual([]);
  });

  test("in the listener of an error: nobody comes back", async () => {
    const { url, asked } = await attempts(whole(DATA));
    const { source, told, until } = hear(url);
    source.onerror = () => source.close();
    await until(3);
    await new Promise((resolve) => setImmediate(resolve));
    expect([told.length, asked.length, source.readyState]).toEqual([3, 1, 2]);
  });
});

describe("listeners", () => {
  test("that throw are reported as the platform does it, and nothing comes back for them", async () => {
    const { url, asked } = await attempts(open(DATA.repeat(2)));
    const reported: unknown[] = [];
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => reported.push(error));
    onTestFinished(() => {
      process.removeAllListeners("uncaughtException");
      for (const each of others) process.on("uncaughtException", each);
    });
    const { source, told, until } = hear(url);
    source.onmessage = () => {
      throw new Error("in the view");
    };
    await until(3);
    await vi.waitFor(() => expect(reported).toHaveLength(2));
    expect(told.map(([type]) => type)).toEqual(["open", "message", "message"]);
    expect(asked).toHaveLength(1);
  });

  test("on… attributes keep their place, can be taken away, and take functions alone", async () => {
    const { url } = await attempts(open(DATA));
    const calls: unknown[] = [];
    const source = new EventSource(url);
    onTestFinished(() => source.close());
    expect([source.onopen, source.onmessage, source.onerror]).toEqual([null, null, null]);
    source.onmessage = () => calls.push("first");
    source.addEventListener("message", () => calls.push("second"));
    const handler = function (this: unknown) {
      calls.push(this);
    };
    source.onmessage = handler;
    expect(source.onmessage).toBe(handler);
    source.onopen = () => calls.push("never");
    source.onopen = null;
    source.onerror = "x" as never;
    expect([source.onopen, source.onerror]).toEqual([null, null]);
    await vi.waitFor(() => expect(calls).toEqual([source, "second"]));
  });
});

describe("the interface", () => {
  test("has the standard's constants on the class, the prototype and each instance", () => {
    const source = new EventSource("http://local/", { fetch: () => new Promise(() => {}) });
    for (const holder of [EventSource, EventSource.prototype, source]) {
      expect([holder.CONNECTING, holder.OPEN, holder.CLOSED]).toEqual([0, 1, 2]);
    }
    expect(() => Object.assign(source, { OPEN: 7 })).toThrow(TypeError);
    expect(source).toBeInstanceOf(EventTarget);
    expect(Object.prototype.toString.call(source)).toBe("[object EventSource]");
    source.close();
  });

  test("refuses what is no URL by a SyntaxError, and a bad option by its name", () => {
    for (const url of ["http://this is invalid/", "/relative"]) {
      expect(() => new EventSource(url)).toThrow(
        expect.objectContaining({ name: "SyntaxError", code: 12 }),
      );
    }
    expect(() => new EventSource(undefined as never)).toThrow(/`url`/);
    expect(() => new EventSource("http://local/", { reconnectionTimeMs: -1 })).toThrow(
      /`reconnectionTimeMs`/,
    );
    expect(() => new EventSource("http://local/", { fetch: 1 as never })).toThrow(/`fetch`/);
  });

  test("resolves its address where there is a page, and spares it a question to other origins", async () => {
    vi.stubGlobal("location", { href: "http://page/dir/" });
    onTestFinished(() => void vi.unstubAllGlobals());
    const send = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(async () =>
      eventStream(DATA),
    );
    const { source, until } = hear("../x?y#z", { fetch: send, withCredentials: true });
    await until(2);
    expect([source.url, source.withCredentials]).toEqual(["http://page/x?y#z", true]);
    const [asked, init] = send.mock.calls[0] ?? [];
    expect(asked).toBe("http://page/x?y#z");
    expect(init).toMatchObject({ credentials: "include", cache: "no-store" });
    expect([...new Headers(init?.headers)]).toEqual([["accept", "text/event-stream"]]);
  });
});

describe("what the standard has no place for", () => {
  test("a POST with headers and a body is sent once, when nobody says where it goes on", async () => {
    const { url, asked } = await attempts(whole(DATA));
    const options = { method: "POST", body: "question", headers: { authorization: "Bearer t" } };
    const { told, events, until } = hear(url, options);
    await until(3);
    expect(told.at(-1)).toEqual(["error", 2]);
    expect((events.at(-1) as EventSourceErrorEvent).error).toMatchObject({ code: "TRUNCATED" });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      method: "POST",
      body: "question",
      headers: { authorization: "Bearer t" },
    });
  });

  test("comes back to where its answer says, or again as it was when that is asked for", async () => {
    const named = await attempts(whole(`id: 1\n${DATA}`, { "content-location": "/1" }), open(DATA));
    await hear(named.url, { json: {} }).until(5);
    expect(named.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /", "GET /1"]);
    const same = await attempts(whole(DATA), open(DATA));
    await hear(same.url, { json: { a: 1 }, start: "idempotent" }).until(5);
    expect(same.asked.map(({ method, body }) => `${method} ${body}`)).toEqual([
      'POST {"a":1}',
      'POST {"a":1}',
    ]);
  });

  test("a message above the limit ends it, after what came before it", async () => {
    const { url } = await attempts(open(`${DATA}data: ${"b".repeat(50)}\n\n`));
    const { told, events, until } = hear(url, { maxEventBytes: 20 });
    await until(3);
    expect(told.map(([type]) => type)).toEqual(["open", "message", "error"]);
    expect(events[2]).toMatchObject({ error: { code: "EVENT_TOO_LARGE" } });
  });
});
