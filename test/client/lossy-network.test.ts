import { afterEach, describe, expect, test } from "vitest";
import { connect, type StreamSnapshot } from "../../src/client/index.ts";
import { planOf } from "../helpers/fault-plans.ts";
import type { Fault } from "../helpers/fault-proxy.ts";
import { behindFaults, readToEnd } from "../helpers/faulty-readers.ts";
import { replayServer, type ReplayOptions, type ReplayServer } from "../helpers/replay-server.ts";

const EVENTS = Array.from({ length: 10 }, (_, n) => ({ type: "chunk", content: `ä${n}` }));
const TEXT = EVENTS.map(({ content }) => content).join("");
const QUICK = { retry: { reconnectionTimeMs: 1, maxDelayMs: 2 } };
const FORMS = [
  ["GET", {}],
  ["POST", { json: {} }],
] as const;

let server: ReplayServer;
afterEach(() => server.close());

async function serve(options: ReplayOptions = {}): Promise<void> {
  server = await replayServer(EVENTS, { epoch: 7, numbersTerminal: true, ...options });
}

/** Reads the stream behind `faults`, one for each connection, and tells why it came back each time. */
async function readBehind(faults: readonly Fault[], options: Parameters<typeof connect>[1] = {}) {
  const codes: unknown[] = [];
  let told = {} as Awaited<ReturnType<typeof readToEnd>>;
  await behindFaults(server.url, planOf(faults), async (url) => {
    const stream = connect(url, { ...QUICK, ...options });
    let last: StreamSnapshot<never>["state"] | undefined;
    stream.subscribe(() => {
      const { state, error } = stream.getSnapshot();
      if (state === "waiting" && last !== state) codes.push((error as { code?: unknown }).code);
      last = state;
    });
    told = await readToEnd(stream);
  });
  return { ...told, codes };
}

describe.each(FORMS)("a network that is slow or away: %s", (name, form) => {
  test("bytes that come one by one make the same events", async () => {
    await serve();
    const { events, outcome, codes } = await readBehind([{ sliceBytes: 1 }], form);
    expect({ events, outcome, codes }).toEqual({ events: EVENTS, outcome: "completed", codes: [] });
  });

  test("a slow network is not taken for a dead one", async () => {
    await serve();
    const slow = { latencyMs: 5, sliceBytes: 20 };
    const { text, codes } = await readBehind([slow], { ...form, silenceMs: 5_000 });
    expect({ text, codes }).toEqual({ text: TEXT, codes: [] });
  });

  test("a connection that is open and dead is left, and the stream goes on elsewhere", async () => {
    await serve();
    const faults = Array.from({ length: 6 }, (): Fault => ({ stallAfter: 150, of: "events" }));
    const { events, outcome, codes } = await readBehind(faults, { ...form, silenceMs: 200 });
    expect({ events, outcome }).toEqual({ events: EVENTS, outcome: "completed" });
    expect(codes.length).toBeGreaterThanOrEqual(2);
    expect(new Set(codes)).toEqual(new Set(["STALLED"]));
  });

  test("refused while it comes back, it tries again", async () => {
    await serve();
    const faults = [{ cutAfter: 100, of: "events" } as const, { refuse: true }, { refuse: true }];
    const { events, codes } = await readBehind(faults, form);
    expect(events).toEqual(EVENTS);
    expect(codes.slice(1)).toEqual(["CONNECT_FAILED", "CONNECT_FAILED"]);
  });

  test("a head that never comes whole is asked for again by a GET, never by a POST", async () => {
    await serve();
    const expected = name === "GET" ? ["completed", TEXT] : ["failed", ""];
    for (let cutAfter = 0; cutAfter < 120; cutAfter += 1) {
      const { outcome, text } = await readBehind(
        [{ cutAfter, how: cutAfter % 2 ? "fin" : "rst" }],
        form,
      );
      expect([cutAfter, outcome, text]).toEqual([cutAfter, ...expected]);
    }
    expect(server.runs()).toBe(name === "GET" ? 0 : 120);
  }, 60_000);
});

test("a server that is gone for good is given up, with the truth", async () => {
  await serve();
  const gone = Array.from({ length: 20 }, (): Fault => ({ refuse: true }));
  const retry = { ...QUICK.retry, attempts: 3 };
  const { outcome, text, codes } = await readBehind([{ cutAfter: 100, of: "events" }, ...gone], {
    retry,
  });
  expect(outcome).toBe("dropped");
  expect(TEXT.startsWith(text)).toBe(true);
  expect(codes).toHaveLength(3);
});

describe("a terminal without an id", () => {
  const DONE = "data: [DONE]\n\n";

  test("that was sent and lost: 204 says that nothing follows, and the stream is completed", async () => {
    for (let lost = 1; lost <= DONE.length; lost += 1) {
      await serve({ numbersTerminal: false });
      const { byteLength } = await (await fetch(server.url)).arrayBuffer();
      const fault = { cutAfter: byteLength - lost, of: "events", reframe: "close" } as const;
      const { events, outcome } = await readBehind([fault]);
      expect([lost, events, outcome]).toEqual([lost, EVENTS, "completed"]);
      const cursors = server.asked.map(({ headers }) => headers["last-event-id"]);
      expect(cursors).toEqual([undefined, undefined, "7-10"]);
      if (lost < DONE.length) await server.close();
    }
  }, 60_000);

  test("that was not sent before the cut comes to who comes back", async () => {
    await serve({ numbersTerminal: false, pace: "command" });
    server.release(EVENTS.length);
    const stream = connect(server.url, QUICK);
    const { outcome, events } = await readToEnd(stream, (count) => {
      if (count < EVENTS.length) return;
      server.hangUp();
      void server.askedTimes(2).then(() => server.release());
    });
    expect({ events, outcome }).toEqual({ events: EVENTS, outcome: "completed" });
    expect(server.asked.length).toBe(2);
  });
});
