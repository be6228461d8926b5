import { afterEach, describe, expect, test } from "vitest";
import { planSeeds, randomPlan } from "./fault-plans.ts";
import { faultProxy } from "./fault-proxy.ts";
import { openHttp } from "./reader.ts";
import {
  LOGIN_PAGE,
  replayServer,
  type ReplayOptions,
  type ReplayServer,
} from "./replay-server.ts";

const EVENTS = Array.from({ length: 4 }, (_, n) => ({ type: "chunk", content: `${n + 1}` }));
const OPEN = ": open heartbeatMs=15000\n\n";
const DONE = "data: [DONE]\n\n";
const ROTATE = 'data: {"type":"rotate"}\n\n';

const opened: Array<{ close: () => Promise<void> }> = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function serve(options: ReplayOptions = {}, events = EVENTS): Promise<ReplayServer> {
  const server = await replayServer(events, { epoch: 7, ...options });
  opened.push(server);
  return server;
}

/** The frames of events `from` up to `to`, both counted from 1. */
function frames(from: number, to: number, epoch = 7, firstSeq = from): string {
  return EVENTS.slice(from - 1, to)
    .map((event, n) => `id: ${epoch}-${firstSeq + n}\ndata: ${JSON.stringify(event)}\n\n`)
    .join("");
}

const after = (id: string) => ({ headers: { "last-event-id": id } });
const get = async (url: string, init: RequestInit = {}) => (await fetch(url, init)).text();

describe("a whole stream", () => {
  test("has the head, the opening comment, ids and the terminal", async () => {
    const { url } = await serve();
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe(OPEN + frames(1, 4) + DONE);
  });

  test("without ids starts over, whatever the reader saw", async () => {
    const { url } = await serve({ ids: false, heartbeatMs: 0, reconnectionTimeMs: 5 });
    const text = await get(url, after("7-3"));
    expect(text).toBe(
      `: open heartbeatMs=0\n\nretry: 5\n\n${frames(1, 4).replaceAll(/id: .*\n/g, "")}${DONE}`,
    );
    expect(await get(url, after("7-3"))).toBe(text);
  });
});

describe("coming back", () => {
  test("brings only what is after the id, by header or in the URL; the header is newer", async () => {
    const { url } = await serve();
    const rest = OPEN + frames(3, 4) + DONE;
    expect(await get(url, after("7-2"))).toBe(rest);
    expect(await get(`${url}/?lastEventId=7-2`)).toBe(rest);
    expect(await get(`${url}/?lastEventId=7-1`, after("7-2"))).toBe(rest);
    expect(await get(url, after(""))).toBe(OPEN + frames(1, 4) + DONE);
    expect((await fetch(url, after("x"))).status).toBe(400);
  });

  test("after the last id brings the terminal once, then 204", async () => {
    const { url } = await serve();
    expect(await get(url, after("7-4"))).toBe(OPEN + DONE);
    expect((await fetch(url, after("7-4"))).status).toBe(204);
    expect(await get(url, after("7-3"))).toBe(OPEN + frames(4, 4) + DONE);
  });

  test("to a terminal with an id brings it until it was seen", async () => {
    const { url } = await serve({ numbersTerminal: true });
    for (let n = 0; n < 2; n += 1) {
      expect(await get(url, after("7-4"))).toBe(`${OPEN}id: 7-5\n${DONE}`);
    }
    expect((await fetch(url, after("7-5"))).status).toBe(204);
  });

  test("with an overlap repeats events", async () => {
    const { url } = await serve({ overlap: 2 });
    expect(await get(url, after("7-3"))).toBe(OPEN + frames(2, 4) + DONE);
    expect(await get(url, after("7-1"))).toBe(OPEN + frames(1, 4) + DONE);
  });

  test("to what was forgotten brings the gap first", async () => {
    const { url, forget } = await serve();
    forget(2);
    const gap = 'data: {"type":"gap","after":"7-1","oldest":"7-3"}\n\n';
    expect(await get(url, after("7-1"))).toBe(OPEN + gap + frames(3, 4) + DONE);
    expect(await get(url, after("7-2"))).toBe(OPEN + frames(3, 4) + DONE);
    expect(await get(url)).toBe(OPEN + frames(3, 4) + DONE);
  });

  test("to a run: a POST says where, twice is two runs, others are 404", async () => {
    const { url, runs, asked } = await serve();
    const post = () => fetch(url, { method: "POST", body: '{"a":1}' });
    const first = await post();
    expect(first.headers.get("content-location")).toBe("/runs/1");
    expect(await first.text()).toBe(OPEN + frames(1, 4) + DONE);
    expect((await post()).headers.get("content-location")).toBe("/runs/2");
    expect(runs()).toBe(2);
    expect(await get(`${url}/runs/2`, after("7-3"))).toBe(OPEN + frames(4, 4) + DONE);
    expect((await fetch(`${url}/runs/3`)).status).toBe(404);
    expect(asked).toMatchObject([
      { method: "POST", url: "/", body: '{"a":1}' },
      { method: "POST" },
      { method: "GET", url: "/runs/2", headers: { "last-event-id": "7-3" }, body: "" },
      { method: "GET", url: "/runs/3" },
    ]);
  });

  test("is not possible where a POST does not say where", async () => {
    const { url } = await serve({ tellsLocation: false });
    const response = await fetch(url, { method: "POST" });
    expect(response.headers.has("content-location")).toBe(false);
  });
});

describe("on command", () => {
  test("events, heartbeats and the terminal are told one by one, to all who read", async () => {
    const { url, release, heartbeat, askedTimes } = await serve({ pace: "command" });
    const readers = await Promise.all([openHttp(url), openHttp(url)]);
    await askedTimes(2);
    release(1);
    for (const reader of readers) expect(await reader.until("7-1")).toBe(OPEN + frames(1, 1));
    heartbeat();
    for (const reader of readers) await reader.until(": heartbeat\n\n");
    release(3);
    for (const reader of readers) await reader.until(frames(2, 4));
    release();
    const told = `${OPEN + frames(1, 1)}: heartbeat\n\n${frames(2, 4)}${DONE}`;
    for (const reader of readers) {
      expect(await reader.rest()).toBe(told);
      expect(reader.isWhole).toBe(true);
    }
  });

  test("a restart breaks connections and goes on counting under a later epoch", async () => {
    const { url, release, restart } = await serve({ pace: "command" });
    release(2);
    const reader = await openHttp(url);
    restart();
    await reader.rest();
    expect(reader.isWhole).toBe(false);
    release();
    const rest = frames(3, 4, 1_007) + DONE;
    expect(await get(url, after("7-1"))).toBe(OPEN + frames(2, 2) + rest);
    expect(await get(url, after("1007-3"))).toBe(OPEN + frames(4, 4, 1_007) + DONE);
  });

  test("a restart that lost the log tells all anew, and of the gap to those who missed some", async () => {
    const { url, restart } = await serve();
    restart({ losesLog: true });
    const all = frames(1, 4, 1_007) + DONE;
    const gap = 'data: {"type":"gap","after":"7-2","oldest":"1007-1"}\n\n';
    expect(await get(url, after("7-2"))).toBe(OPEN + gap + all);
    expect(await get(url)).toBe(OPEN + all);
  });

  test("a stream rotates, or ends without a word", async () => {
    const { url, rotate, hangUp, release } = await serve({ pace: "command" });
    release(1);
    const rotated = await openHttp(url);
    rotate();
    expect(await rotated.rest()).toBe(OPEN + frames(1, 1) + ROTATE);
    const ended = await openHttp(url);
    hangUp();
    expect(await ended.rest()).toBe(OPEN + frames(1, 1));
    expect([rotated.isWhole, ended.isWhole]).toEqual([true, true]);
  });
});

describe("by script", () => {
  test("each connection rotates after n events, until the terminal", async () => {
    const { url } = await serve({ rotateAfter: 2 });
    expect(await get(url)).toBe(OPEN + frames(1, 2) + ROTATE);
    expect(await get(url, after("7-2"))).toBe(OPEN + frames(3, 4) + ROTATE);
    expect(await get(url, after("7-4"))).toBe(OPEN + DONE);
  });

  test("the next attempts get what was said, in order, and then the stream", async () => {
    const busy = { status: 503, headers: { "retry-after": "1" }, body: "busy" };
    const { url, next, asked } = await serve({ attempts: [busy, "stream", { status: 401 }] });
    next({ status: 204 }, LOGIN_PAGE, (response) => response.destroy());
    const first = await fetch(url);
    expect([first.status, first.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await get(url)).toContain(DONE);
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url)).status).toBe(204);
    const page = await fetch(url);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html"]);
    await expect(fetch(url)).rejects.toThrow(TypeError);
    expect(await get(url)).toContain(DONE);
    expect(asked).toHaveLength(7);
  });

  test("a reader that leaves is noticed, and told nothing more", async () => {
    const { url, left, release } = await serve({ pace: "command" });
    const reader = await openHttp(url);
    reader.leave();
    await left();
    release();
    await reader.rest();
    expect(reader.text).toBe(OPEN);
  });
});

test.each(planSeeds(20))(
  "seed %i: a reader of forty lines gets each event once, whatever the network does",
  async (seed) => {
    const events = Array.from({ length: 40 }, (_, n) => ({ type: "chunk", content: `${n}` }));
    const server = await serve({ numbersTerminal: true }, events);
    const proxy = await faultProxy(server.url, randomPlan(seed, { stalls: false }));
    opened.push(proxy);
    const read: string[] = [];
    let cursor = "";
    while (read.at(-1) !== "[DONE]") {
      const text = await readable(`${proxy.url}/?lastEventId=${cursor}`);
      for (const [, id = "", data = ""] of text.matchAll(/^id: (.*)\ndata: (.*)\n\n/gm)) {
        cursor = id;
        read.push(data);
      }
    }
    expect(read).toEqual([...events.map((event) => JSON.stringify(event)), "[DONE]"]);
  },
);

/** What can be read of a response before it breaks. */
async function readable(url: string): Promise<string> {
  try {
    return await (await openHttp(url)).rest();
  } catch {
    return "";
  }
}
