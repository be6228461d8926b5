import { afterEach, describe, expect, test, vi } from "vitest";
import { planOf, planSeeds, randomFaults, randomPlan } from "./fault-plans.ts";
import { faultProxy, type Fault, type FaultProxy, type Plan } from "./fault-proxy.ts";
import { openRaw } from "./raw-socket.ts";
import { openHttp } from "./reader.ts";
import { nextTurn } from "./streamed.ts";
import { begin, wireServer, type WireServer } from "./wire-server.ts";

const FRAMES = Array.from({ length: 40 }, (_, n) => `id: 7-${n + 1}\ndata: {"n":"ä${n}"}\n\n`);
const STREAM = Buffer.from(FRAMES.join(""));

const opened: Array<WireServer | FaultProxy> = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** A server of one stream behind a network that fails by `plan`. Two answers are the same bytes: no date. */
async function behind(
  plan: Plan | Fault,
  { ends = true } = {},
): Promise<{ proxy: FaultProxy; server: WireServer }> {
  const server = await wireServer((response) => {
    response.sendDate = false;
    begin(response, "");
    for (const frame of FRAMES) response.write(frame);
    if (ends) response.end();
  });
  const proxy = await faultProxy(server.url, typeof plan === "function" ? plan : () => plan);
  opened.push(proxy, server);
  return { proxy, server };
}

function bodyOf(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);
}

describe("a network that is well", () => {
  test("passes every byte on, and ends as the server ends", async () => {
    const { proxy, server } = await behind({});
    const direct = await openRaw(server.url).reply;
    const { bytes, end } = await openRaw(proxy.url).reply;
    expect(end).toBe("fin");
    expect(bytes).toEqual(direct.bytes);
    expect(await (await fetch(proxy.url)).text()).toBe(STREAM.toString());
    expect(proxy.connections()).toBe(2);
  });

  test("a request's body and headers arrive; each request has a connection of its own", async () => {
    const { proxy, server } = await behind({});
    for (const body of ["Größe", "x".repeat(200_000)]) {
      const headers = { "last-event-id": "7-3" };
      await (await fetch(`${proxy.url}/a?b=1`, { method: "POST", headers, body })).text();
      expect(server.asked.at(-1)).toMatchObject({ method: "POST", url: "/a?b=1", body, headers });
    }
    expect(proxy.connections()).toBe(2);
  });

  test("a server that breaks off breaks off for the reader, one that is gone refuses", async () => {
    const server = await wireServer((response) => {
      begin(response, "data: a\n\n");
      response.socket?.resetAndDestroy();
    });
    const proxy = await faultProxy(new URL(server.url), () => ({}));
    opened.push(proxy);
    expect(await openRaw(proxy.url).reply).toMatchObject({ end: "rst" });
    await server.close();
    expect(await openRaw(proxy.url).reply).toMatchObject({ end: "rst", pieces: [] });
  });

  test("a reader that leaves leaves the server", async () => {
    for (const fault of [{}, { stallAfter: 10 }, { latencyMs: 1e9 }, { sliceBytes: 1 }]) {
      const { proxy, server } = await behind(fault, { ends: false });
      const reader = openRaw(proxy.url);
      await vi.waitFor(() => expect(server.asked).toHaveLength(1));
      reader.leave();
      await server.left();
    }
  });
});

describe("a cut", () => {
  /** Cuts connection n after n bytes, up to `length`, and hands each reply on. */
  async function cutEverywhere(
    fault: Fault,
    length: number,
    check: (url: string, n: number) => Promise<void>,
  ): Promise<void> {
    const { proxy } = await behind((n) => ({ ...fault, cutAfter: n }), { ends: false });
    for (let n = 0; n <= length; n += 1) await check(proxy.url, n);
    expect(proxy.connections()).toBe(length + 1);
  }

  test("after every byte of the response: those bytes and a reset", async () => {
    const { server } = await behind({});
    const whole = (await openRaw(server.url).reply).bytes;
    // The server of a cut stream stays: its last chunk never comes.
    const length = whole.length - "0\r\n\r\n".length;
    await cutEverywhere({ how: "rst" }, length, async (url, n) => {
      const { bytes, end } = await openRaw(url).reply;
      expect([n, end, bytes.length]).toEqual([n, "rst", n]);
      expect(bytes).toEqual(whole.subarray(0, n));
    });
  });

  test("after every byte of 40 events, without framing: those bytes and a clean end", async () => {
    const fault = { of: "events", reframe: "close" } as const;
    await cutEverywhere(fault, STREAM.length, async (url, n) => {
      const { bytes, end } = await openRaw(url).reply;
      expect([n, end]).toEqual([n, "fin"]);
      expect(bodyOf(bytes)).toEqual(STREAM.subarray(0, n));
    });
  });

  test("after every byte of 40 events in chunked coding: those bytes and a broken body", async () => {
    await cutEverywhere({ of: "events" }, STREAM.length, async (url, n) => {
      const reader = await openHttp(url);
      await reader.rest();
      expect([n, reader.isWhole]).toEqual([n, false]);
      expect(Buffer.concat(reader.pieces)).toEqual(STREAM.subarray(0, n));
    });
  });

  test("of the body counts its framing too", async () => {
    const { proxy } = await behind({ cutAfter: 5, of: "body" });
    const size = Buffer.byteLength(FRAMES[0] ?? "").toString(16);
    const { bytes } = await openRaw(proxy.url).reply;
    expect(bodyOf(bytes).toString()).toBe(`${size}\r\ni`);
  });

  test("is a failure to fetch, or looks like the end of the body, by its framing", async () => {
    const cut = { cutAfter: 30, of: "events" } as const;
    const { proxy } = await behind(
      planOf([cut, { ...cut, how: "rst" }, { ...cut, reframe: "close" }]),
    );
    const read = async () => (await fetch(proxy.url)).text();
    await expect(read()).rejects.toThrow(TypeError);
    await expect(read()).rejects.toThrow(TypeError);
    expect(await read()).toBe(STREAM.toString("utf8", 0, 30));
    expect(await read()).toBe(STREAM.toString());
  });

  test("past the end of a response is none", async () => {
    const { proxy } = await behind({ cutAfter: 1e6, how: "rst" });
    expect(await (await fetch(proxy.url)).text()).toBe(STREAM.toString());
  });

  test("of a response that never came leaves the request with the server", async () => {
    const { proxy, server } = await behind({ cutAfter: 0 });
    await expect(fetch(proxy.url, { method: "POST", body: "x" })).rejects.toThrow(TypeError);
    expect(server.asked).toMatchObject([{ method: "POST", body: "x" }]);
  });
});

describe("other faults", () => {
  test("refused: reset at once, and the server is not asked", async () => {
    const { proxy, server } = await behind(planOf([{ refuse: true }, { refuse: true }]));
    expect(await openRaw(proxy.url).reply).toMatchObject({ end: "rst", pieces: [] });
    await expect(fetch(proxy.url)).rejects.toThrow(TypeError);
    expect(server.asked).toEqual([]);
    expect(await (await fetch(proxy.url)).text()).toBe(STREAM.toString());
  });

  test.each(["fin", "rst"] as const)("stalled after n bytes, then cut by hand: %s", async (how) => {
    const { proxy, server } = await behind({ stallAfter: 50, of: "events", reframe: "close" });
    const reader = openRaw(proxy.url);
    await vi.waitFor(() => expect(bodyOf(Buffer.concat(reader.pieces))).toHaveLength(50));
    // The server is through long ago, and the reader is not told.
    await server.left();
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    proxy.cut(how);
    const { bytes, end } = await reader.reply;
    expect(end).toBe(how);
    expect(bodyOf(bytes)).toEqual(STREAM.subarray(0, 50));
  });

  test("slices are read one by one, down to a byte", async () => {
    for (const sliceBytes of [1, 7]) {
      const { proxy } = await behind({ sliceBytes, reframe: "close" });
      const { pieces, bytes } = await openRaw(proxy.url).reply;
      // On a busy machine the kernel may bring two together, now and then.
      const alone = pieces.filter((piece) => piece.length === sliceBytes);
      expect(alone.length * sliceBytes).toBeGreaterThan(bytes.length * 0.9);
      expect(bodyOf(bytes)).toEqual(STREAM);
    }
  });

  test("latency passes before each slice", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { proxy } = await behind({ latencyMs: 1_000, sliceBytes: 10, cutAfter: 30 });
    const reader = openRaw(proxy.url);
    for (let slice = 0; slice < 3; slice += 1) {
      while (vi.getTimerCount() === 0) await nextTurn();
      vi.advanceTimersByTime(999);
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      expect(Buffer.concat(reader.pieces)).toHaveLength(slice * 10);
      vi.advanceTimersByTime(1);
      await reader.atLeast((slice + 1) * 10);
    }
    expect((await reader.reply).bytes).toHaveLength(30);
  });
});

describe("a plan from a seed", () => {
  test("is the same again, another for another seed, and heals", () => {
    const of = (seed: number) => Array.from({ length: 10 }, (_, n) => randomPlan(seed)(n));
    expect(of(5)).toEqual(of(5));
    expect(of(5)).not.toEqual(of(6));
    expect(of(5).slice(6)).toEqual([{}, {}, {}, {}]);
  });

  test("has every fault, and stalls only where they are wanted", () => {
    const seeds = Array.from({ length: 100 }, (_, seed) => seed);
    const named = (stalls: boolean) =>
      new Set(seeds.flatMap((seed) => randomFaults(seed, { stalls }).flatMap(Object.keys)));
    const others = ["cutAfter", "how", "latencyMs", "of", "reframe", "refuse", "sliceBytes"];
    expect([...named(false)].toSorted()).toEqual(others);
    expect([...named(true)].toSorted()).toEqual([...others, "stallAfter"]);
  });

  test.each(planSeeds(20))("seed %i: whoever comes back gets through", async (seed) => {
    const plan = randomPlan(seed, { stalls: false, withinBytes: STREAM.length });
    const { proxy } = await behind(plan);
    const read = () => fetch(proxy.url).then((response) => response.text());
    let text: string | undefined;
    while (text !== STREAM.toString()) {
      text = await read().catch(() => "");
      expect(STREAM.toString().startsWith(text) || text.endsWith("\uFFFD")).toBe(true);
      expect(proxy.connections()).toBeLessThanOrEqual(7);
    }
  });
});
