import { describe, expect, test, vi } from "vitest";
import { respond } from "../../src/adapters/node.ts";
import { connect } from "../../src/client/index.ts";
import type { ReaderOptions, Runs } from "../../src/log/index.ts";
import { createRuns } from "../../src/log/index.ts";
import type { Fault } from "../helpers/fault-proxy.ts";
import { faultProxy } from "../helpers/fault-proxy.ts";
import { listen } from "../helpers/listen.ts";
import { backendOf, BACKENDS } from "./stores.ts";

const TOKENS = Array.from({ length: 18 }, (_, n) => `${n} `);
const TEXT = TOKENS.join("");
/** What every reader must have been told, once and in order. */
const WHOLE = {
  outcome: "completed",
  text: TEXT,
  result: TEXT,
  types: ["status", ...TOKENS.map(() => "chunk"), "result"],
};
const QUICK = { retry: { reconnectionTimeMs: 1, maxDelayMs: 2 } };

/** Lets whoever waits at it through, one step for each `open`. */
function gate() {
  let steps = 0;
  let wake = () => {};
  const open = () => {
    steps += 1;
    wake();
  };
  const pass = async (): Promise<void> => {
    if (steps === 0) await new Promise<void>((resolve) => (wake = resolve));
    steps -= 1;
  };
  return { open, pass };
}

/** Starts a run of 20 events that tells one more for each step. */
async function stepped(runs: Runs) {
  const { open, pass } = gate();
  const run = await runs.start(async (stream) => {
    await pass();
    stream.status("analyzing");
    for (const token of TOKENS) {
      await pass();
      await stream.chunk(token);
    }
    await pass();
    return { content: TEXT };
  });
  return { run, open };
}

/** All that one reader was told, over all of its connections. */
async function told(url: string) {
  const stream = connect(url, QUICK);
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  const { outcome, text, result } = await stream.ended;
  return { outcome, text, result: result?.content, types };
}

describe.each(Object.entries(BACKENDS))("a run of 20 events on %s", (_, begin) => {
  const { open: openStore, closing } = backendOf(begin);

  /** What one of the processes that share the store serves. */
  const serve = async (options: ReaderOptions = {}) => {
    const runs = createRuns({ store: await openStore(), ...options });
    const { url, close } = await listen((request, response) => {
      const id = (request.url ?? "").slice(1).replace(/\?.*/, "");
      void respond(request, response, runs, { id });
    });
    closing.push(close, () => runs.close());
    return { runs, url };
  };

  test("whoever attaches at any step gets each event once, in order, on either process", async () => {
    const [one, two] = [await serve(), await serve()];
    const { run, open } = await stepped(one.runs);
    const readers: Array<ReturnType<typeof told>> = [];
    for (let step = 0; step <= 20; step += 1) {
      for (const { url } of [one, two]) readers.push(told(`${url}/${run.id}`));
      // Some come while the last event is on its way, some when all is still.
      if (step % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      open();
    }
    await run.ended;
    const late = await told(`${two.url}/${run.id}`);
    expect([...(await Promise.all(readers)), late]).toEqual(
      Array.from({ length: 43 }, () => WHOLE),
    );
  });

  test.each<[string, Fault]>([
    ["ends cleanly", { how: "fin", reframe: "close" }],
    ["breaks", { how: "rst" }],
  ])(
    "a connection that %s behind any event, or within: each event comes once",
    async (__, fault) => {
      const { runs, url } = await serve();
      const { run, open } = await stepped(runs);
      for (let step = 0; step < 20; step += 1) open();
      await run.ended;
      const whole = await (await fetch(`${url}/${run.id}`)).text();
      const frames = Array.from(whole.matchAll(/\n\n/g), ({ index }) => index + 2);
      expect(frames).toHaveLength(22);
      for (const end of frames.flatMap((frame) => [frame, frame + 1, frame + 9])) {
        const cut = { ...fault, cutAfter: end, of: "events" as const };
        const proxy = await faultProxy(url, (connection) => (connection === 0 ? cut : {}));
        expect(await told(`${proxy.url}/${run.id}`)).toEqual(WHOLE);
        await proxy.close();
      }
    },
  );

  test("a run that has ended is told until its retention is over: then it is unknown", async () => {
    const runs = createRuns({ store: await openStore(), retention: { maxAgeMs: 1_500 } });
    closing.push(() => runs.close());
    const run = await runs.start(() => ({ content: TEXT }));
    await run.ended;
    const come = async () => runs.respond(new Request("http://local/"), { id: run.id });
    const first = await come();
    expect([first.status, (await first.text()).includes("[DONE]")]).toEqual([200, true]);
    await vi.waitFor(async () => expect((await come()).status).toBe(404), 10_000);
    expect(await runs.get(run.id)).toBeUndefined();
  });

  test("a connection has a longest life: its reader is sent away, comes back, and misses nothing", async () => {
    const { runs, url } = await serve({ rotateAfterMs: 60 });
    const { run, open } = await stepped(runs);
    let connections = 0;
    const proxy = await faultProxy(url, () => {
      connections += 1;
      return {};
    });
    closing.push(() => proxy.close());
    const reader = told(`${proxy.url}/${run.id}`);
    for (let step = 0; step < 20; step += 1) {
      open();
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(await reader).toEqual(WHOLE);
    expect(connections).toBeGreaterThan(2);
  });

  test("10 readers whose connections are cut again and again while the run is told, on 2 processes", async () => {
    const [one, two] = [await serve(), await serve()];
    const { run, open } = await stepped(one.runs);
    const proxies = await Promise.all(
      [one, two].map(({ url }) =>
        faultProxy(url, (connection) =>
          connection < 60 ? { how: "rst", cutAfter: 40 + 97 * (connection % 9), of: "events" } : {},
        ),
      ),
    );
    const readers = Array.from({ length: 10 }, (__, n) => told(`${proxies[n % 2]?.url}/${run.id}`));
    for (let step = 0; step < 20; step += 1) {
      open();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await Promise.all(readers)).toEqual(Array.from({ length: 10 }, () => WHOLE));
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });
});
