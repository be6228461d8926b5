import { describe, expect, test } from "vitest";
import type { RetryOptions } from "../../src/client/index.ts";
import { connect } from "../../src/client/index.ts";
import {
  away,
  brings,
  chunk,
  DONE,
  inVirtualTime,
  pass,
  refuses,
  ROTATE,
  scripted,
  type Answer,
} from "../helpers/scripted-fetch.ts";
import { eventStream } from "../helpers/responses.ts";

inVirtualTime();

const CUT = brings(chunk("a", "7-1"));
const REST = brings(chunk("b", "7-2") + DONE, "ends");

/** Reads for so long, or to the end. Answers the waits between the attempts. */
async function run(answers: Answer[], retry: RetryOptions = {}, ms = 400_000) {
  const { fetch, calls } = scripted(...answers);
  const stream = connect("https://api.test/", { fetch, retry });
  const states = new Set<string>();
  stream.subscribe(() => states.add(stream.getSnapshot().state));
  await pass(ms, 20, () => stream.getSnapshot().state === "ended");
  const waits = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
  const { state } = stream.getSnapshot();
  stream.close();
  return { calls, waits, states, state, ...(await stream.ended) };
}
/** Brings `text` at the end of so long, and breaks. */
const lasting =
  (text: string, lastsMs: number): Answer =>
  () =>
    eventStream(
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) =>
          void setTimeout(() => {
            if (text !== "") controller.enqueue(new TextEncoder().encode(text));
            setTimeout(() => controller.error(new Error("cut")), 10);
          }, lastsMs),
      }),
    );
const latest = { random: () => 1 };
const earliest = { random: () => 0 };

describe("the wait", () => {
  test("doubles with every attempt without progress, up to its cap", async () => {
    const { waits } = await run([away], latest, 200_000);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, ...Array(5).fill(30_000)]);
  });

  test("begins anew after progress", async () => {
    const answers = [away, away, away, brings(chunk("a", "7-1")), away, REST];
    expect((await run(answers, latest, 60_000)).waits).toEqual([1_000, 2_000, 4_000, 1_000, 2_000]);
  });

  test("is drawn from all that is between 0 and there", async () => {
    const draws = [0.5, 0.25, 0.75];
    const random = () => draws.shift() ?? 0;
    const { waits } = await run([away, away, away, REST], { random }, 60_000);
    expect(waits).toEqual([500, 500, 3_000]);
  });

  test.each<[string, () => string]>([
    ["seconds", () => "7"],
    ["a date", () => new Date(Date.now() + 7_000).toUTCString()],
  ])("Retry-After in %s is the least", async (_, value) => {
    const busy: Answer = (call) => refuses(429, { "retry-after": value() })(call);
    expect((await run([busy, REST], earliest, 60_000)).waits).toEqual([7_000]);
    const [wait] = (await run([busy, REST], latest, 60_000)).waits;
    expect(wait).toBe(8_000);
  });

  test.each(["-1", "soon", "soon 9999", "9".repeat(21), "", "Thu, 01 Jan 1970 00:00:00 GMT"])(
    "Retry-After: %j asks for nothing",
    async (value) => {
      const busy = refuses(503, { "retry-after": value });
      expect((await run([busy, REST], latest, 60_000)).waits).toEqual([1_000]);
    },
  );

  test("Retry-After of an hour is an hour", async () => {
    const { fetch, calls } = scripted(refuses(503, { "retry-after": "3600" }), REST);
    const { ended } = connect("https://api.test/", { fetch });
    await pass(3_599_000);
    expect(calls).toHaveLength(1);
    await pass(2_000, 500);
    expect(await ended).toMatchObject({ outcome: "completed" });
  });

  test("retry: 60000 is respected, for every attempt that follows", async () => {
    const asked = brings(`retry: 60000\n\n${chunk("a", "7-1")}`);
    const { waits } = await run([asked, away, away, REST], earliest);
    expect(waits).toEqual([60_000, 60_000, 60_000]);
  });

  test("retry: 20 does not make a storm: it still doubles", async () => {
    const asked = brings(`retry: 20\n\n${chunk("a", "7-1")}`);
    const { waits } = await run([asked, away, away, away, REST], latest, 60_000);
    expect(waits).toEqual([40, 60, 100, 180]);
  });
});

describe("the budget", () => {
  test("so many attempts in a row without progress, then the last error", async () => {
    const answers = [CUT, ...Array<Answer>(3).fill(away), refuses(502)];
    const end = await run(answers, { attempts: 5 });
    expect(end.calls).toHaveLength(6);
    expect(end).toMatchObject({ outcome: "failed", text: "a", error: { status: 502, attempt: 6 } });
  });

  test("a network that stays away after there was a stream: dropped", async () => {
    const end = await run([CUT, away], { attempts: 2 });
    expect(end).toMatchObject({ outcome: "dropped", error: { code: "CONNECT_FAILED" } });
    expect(end.calls).toHaveLength(3);
  });

  test.each<[string, Answer]>([
    ["a connection alone", brings("")],
    ["comments", brings(": open\n\n: heartbeat\n\n")],
    ["repeated events", brings(chunk("a", "7-1"))],
    ["events without ids", brings(chunk("a"))],
    ["an id that is cleared", brings("id:\n\n")],
    ["an event that clears its id", brings('id:\ndata: {"type":"chunk","content":"a"}\n\n')],
    ["a seen id on a line of its own", brings("id: 7-1\n\n")],
  ])("%s is no progress", async (_, again) => {
    const end = await run([CUT, again], { attempts: 4 });
    expect(end.calls).toHaveLength(5);
    expect(end.outcome).toBe("dropped");
  });

  test.each<[string, (id: number) => string]>([
    ["an event with a new id", (id) => chunk("a", `7-${id}`)],
    ["a foreign one", (id) => chunk("a", `x${id}`)],
    ["a new id on a line of its own", (id) => `id: x${id}\n\n`],
  ])("%s is progress, however often it is cut", async (_, text) => {
    let id = 0;
    const next: Answer = (call) => brings(text(++id))(call);
    const { calls, state } = await run([next], { attempts: 2 }, 60_000);
    expect(calls.length).toBeGreaterThan(40);
    expect(state).not.toBe("ended");
  });

  test.each([
    ["a feed without ids", 'data: {"type":"chunk","content":"a"}\n\n', 40_000],
    ["a quiet night of heartbeats", ": heartbeat\n\n", 40_000],
  ])("%s that is cut now and then is not given up", async (_, text, lastsMs) => {
    const end = await run([lasting(text, lastsMs)], { attempts: 2 }, 1_000_000);
    expect(end.calls.length).toBeGreaterThan(10);
    expect(end.state).not.toBe("ended");
  });

  test.each([
    ["that is cut soon each time", "data: 1\n\n", 20_000],
    ["that brings nothing until it is cut", "", 40_000],
  ])("a feed without ids %s is given up", async (_, text, lastsMs) => {
    const end = await run([lasting(text, lastsMs)], { attempts: 2 });
    expect(end.calls).toHaveLength(3);
    expect(end.state).toBe("ended");
  });

  test("0 never comes back", async () => {
    expect((await run([CUT, REST], { attempts: 0 })).calls).toHaveLength(1);
  });
});

test("1,000 readers whose server was away do not come back in one moment", async () => {
  for (const awayMs of [3_000, 20_000]) {
    const from = Date.now();
    const back: number[] = [];
    const { fetch } = scripted((call) => {
      if (call.at - from < awayMs) return away(call);
      back.push(call.at - from - awayMs);
      return REST(call);
    });
    // The same draws in every run. Ten attempts can be over by chance within 20 s.
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const retry = { random, attempts: 50 };
    const all = Array.from(
      { length: 1_000 },
      () => connect("https://api.test/", { fetch, retry }).ended,
    );
    await pass(60_000, 50, () => back.length === 1_000);
    await Promise.all(all);
    const buckets = Map.groupBy(back, (ms) => Math.floor(ms / 100));
    expect(back).toHaveLength(1_000);
    expect(Math.max(...[...buckets.values()].map(({ length }) => length))).toBeLessThanOrEqual(50);
  }
});

describe("a server that ends a connection on purpose (rotate)", () => {
  test("comes back at once, and nothing has failed", async () => {
    const hour = brings(chunk("a", "7-1") + ROTATE, "stays");
    const end = await run([hour, REST], { ...latest, attempts: 1 }, 1_000);
    expect(end).toMatchObject({ outcome: "completed", text: "ab", error: undefined });
    expect(end.waits).toEqual([0]);
    expect(end.states).toEqual(new Set(["connecting", "open", "ended"]));
  });

  test("as often as there is progress", async () => {
    let id = 0;
    const next: Answer = (call) =>
      id < 100 ? brings(chunk("a", `7-${++id}`) + ROTATE, "stays")(call) : REST(call);
    const end = await run([next], { attempts: 1 }, 10);
    expect(end.text.length).toBe(100);
    expect(Math.max(...end.waits)).toBe(0);
  });

  test("a first one without an event comes back at once, too", async () => {
    expect((await run([brings(ROTATE), REST], latest, 1_000)).waits).toEqual([0]);
  });

  test("after which it waits, as asked", async () => {
    const text = `${chunk("a", "7-1")}retry: 5000\n${ROTATE}`;
    expect((await run([brings(text, "stays"), REST], latest, 60_000)).waits).toEqual([5_000]);
    const zero = `${chunk("a", "7-1")}retry: 0\n${ROTATE}`;
    expect((await run([brings(zero, "stays"), REST], latest, 60_000)).waits).toEqual([0]);
  });

  test.each<[string, string]>([
    ["nothing else", ""],
    ["what was here before", chunk("a", "7-1")],
    ["events without ids", chunk("a")],
    ["retry: 0", "retry: 0\n"],
  ])("again and again with %s does not spin hot", async (_, before) => {
    const end = await run([brings(before + ROTATE, "stays")], latest, 120_000);
    expect(end.calls.length).toBeLessThan(12);
  });

  test("a quiet feed that is rotated every minute comes back at once each time", async () => {
    const { fetch, calls } = scripted(() => {
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) =>
          void setTimeout(() => controller.enqueue(new TextEncoder().encode(ROTATE)), 60_000),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const stream = connect("https://api.test/", { fetch, retry: latest });
    void stream.ended;
    await pass(605_000, 1_000);
    expect(calls).toHaveLength(11);
    stream.close();
  });
});
