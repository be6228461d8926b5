import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../src/client/index.ts";
import { REDIS_CLIENTS } from "../helpers/redis-clients.ts";
import { hasRedis, startRedis, type RedisServer } from "../helpers/redis-server.ts";
import { serveRuns } from "./serving.ts";

const LEASE_MS = 1_000;
const QUICK = { reconnectionTimeMs: 20, maxDelayMs: 100 };
/** Long enough for a fault to fall into its middle. */
const RUN = { tokens: 60, everyMs: 30 };

describe.skipIf(!hasRedis())("several processes on one Redis", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis({ appendOnly: true });
  });
  afterAll(() => redis.stop());

  const serve = () => serveRuns({ REDIS_URL: redis.url, LEASE_MS: `${LEASE_MS}` });

  /** Reads a run where it is served; `move` makes the next attempt go elsewhere. */
  const read = (from: string) => {
    let origin = new URL(from).origin;
    const stream = connect(from, {
      retry: QUICK,
      fetch: (input, init) => {
        const { pathname } = new URL(input);
        return fetch(origin + pathname, init);
      },
    });
    const tokens: number[] = [];
    const reached = new Map<number, () => void>();
    const all = (async () => {
      for await (const event of stream) {
        if (event.type !== "chunk") continue;
        tokens.push(Number(event.content));
        reached.get(tokens.length)?.();
      }
      return stream.ended;
    })();
    return {
      tokens,
      all,
      move: (to: string) => (origin = new URL(to).origin),
      until: (count: number) =>
        new Promise<void>((resolve) => {
          if (tokens.length >= count) resolve();
          else reached.set(count, resolve);
        }),
    };
  };
  const numbers = (to: number) => Array.from({ length: to }, (_, n) => n + 1);
  const elsewhere = (run: string, url: string) => new URL(new URL(run).pathname, url).href;

  test("the producing process is killed: its readers elsewhere are told so in time", async () => {
    const [one, two] = await Promise.all([serve(), serve()]);
    const run = await one.start({ ...RUN, tokens: 1_000 });
    const readers = [read(elsewhere(run, two.url)), read(elsewhere(run, two.url))];
    await Promise.all(readers.map(({ until }) => until(10)));
    one.child.kill("SIGKILL");
    const at = performance.now();
    for (const { all, tokens } of readers) {
      const { outcome, error } = await all;
      expect(outcome).toBe("failed");
      expect(error).toMatchObject({ event: { code: "PRODUCER_LOST" } });
      expect(tokens).toEqual(numbers(tokens.length));
    }
    expect(performance.now() - at).toBeLessThan(2 * LEASE_MS);
    // Who comes later is told the same.
    const late = read(elsewhere(run, two.url));
    expect((await late.all).outcome).toBe("failed");
    expect(late.tokens).toEqual(readers[0]?.tokens);
  });

  test("nobody reads while the producing process is killed: who comes later is told so", async () => {
    const [one, two] = await Promise.all([serve(), serve()]);
    const run = await one.start({ ...RUN, tokens: 1_000 });
    const watcher = read(run);
    await watcher.until(5);
    watcher.move(two.url);
    one.child.kill("SIGKILL");
    const reader = read(elsewhere(run, two.url));
    const { outcome, error } = await reader.all;
    expect([outcome, error]).toMatchObject(["failed", { event: { code: "PRODUCER_LOST" } }]);
    expect(reader.tokens).toEqual(numbers(reader.tokens.length));
    expect(reader.tokens.length).toBeGreaterThanOrEqual(5);
    expect((await watcher.all).outcome).toBe("failed");
    expect(watcher.tokens).toEqual(reader.tokens);
  });

  test("one of two web processes is killed: its readers come back to the other, and miss nothing", async () => {
    const [one, two, three] = await Promise.all([serve(), serve(), serve()]);
    const run = await one.start(RUN);
    const readers = Array.from({ length: 10 }, () => read(elsewhere(run, two.url)));
    await Promise.all(readers.map(({ until }) => until(10)));
    for (const { move } of readers) move(three.url);
    two.child.kill("SIGKILL");
    for (const { all, tokens } of readers) {
      expect((await all).outcome).toBe("completed");
      expect(tokens).toEqual(numbers(RUN.tokens));
    }
  });

  test("Redis is killed and starts again: what was told is there, once, and the run goes on", async () => {
    const [one, two] = await Promise.all([serve(), serve()]);
    const run = await one.start(RUN);
    const readers = [read(run), read(elsewhere(run, two.url))];
    await Promise.all(readers.map(({ until }) => until(10)));
    await redis.kill();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await redis.start();
    for (const { all, tokens } of readers) {
      expect((await all).outcome).toBe("completed");
      expect(tokens).toEqual(numbers(RUN.tokens));
    }
    const late = read(elsewhere(run, two.url));
    await late.all;
    expect(late.tokens).toEqual(numbers(RUN.tokens));
  });

  test("all connections to Redis are killed, again and again: nothing is lost or doubled", async () => {
    const [one, two] = await Promise.all([serve(), serve()]);
    const run = await one.start(RUN);
    const readers = [read(run), read(elsewhere(run, two.url))];
    const admin = await REDIS_CLIENTS[0][1](redis.url);
    for (const count of [5, 15, 25, 35]) {
      await Promise.all(readers.map(({ until }) => until(count)));
      await admin.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }
    await admin.end();
    for (const { all, tokens } of readers) {
      expect((await all).outcome).toBe("completed");
      expect(tokens).toEqual(numbers(RUN.tokens));
    }
  });

  test("a producer that was frozen past its lease comes back: what it says is refused, and the log stays as it was told", async () => {
    const [one, two] = await Promise.all([serve(), serve()]);
    const run = await one.start({ ...RUN, tokens: 1_000 });
    const reader = read(elsewhere(run, two.url));
    await reader.until(10);
    one.child.kill("SIGSTOP");
    const { outcome, error } = await reader.all;
    expect([outcome, error]).toMatchObject(["failed", { event: { code: "PRODUCER_LOST" } }]);
    one.child.kill("SIGCONT");
    await one.lines.next();
    expect((await one.lines.next()).value).toBe("ended dropped LOG_FENCED");
    const late = read(elsewhere(run, two.url));
    expect((await late.all).outcome).toBe("failed");
    expect(late.tokens).toEqual(reader.tokens);
  });

  test("twenty POSTs with one key, to two processes at once, start one run", async () => {
    const [one, two] = await Promise.all([serve(), serve()]);
    const post = async (url: string) => {
      const headers = { "idempotency-key": "k", "x-user": "ada" };
      const body = JSON.stringify({ tokens: 3 });
      const response = await fetch(url, { method: "POST", headers, body });
      return [response.headers.get("content-location"), await response.text()];
    };
    const urls = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one.url : two.url));
    const told = await Promise.all(urls.map(post));
    expect(new Set(told.map(([path]) => path)).size).toBe(1);
    expect(new Set(told.map(([, text]) => text)).size).toBe(1);
    one.child.kill("SIGTERM");
    two.child.kill("SIGTERM");
    const lines = [...(await one.rest()), ...(await two.rest())];
    // `start` is asked each time, for what would be produced; one of the runs ends.
    expect(lines.filter((line) => line.startsWith("ended"))).toEqual(["ended completed "]);
  });

  test("a run is stopped from a process that does not produce it", async () => {
    const [one, two] = await Promise.all([serve(), serve()]);
    const run = await one.start({ ...RUN, tokens: 1_000 });
    const reader = read(run);
    await reader.until(3);
    const response = await fetch(elsewhere(run, two.url), { method: "DELETE" });
    expect(await response.json()).toEqual({ stopped: true });
    expect((await reader.all).outcome).toBe("aborted");
    await one.lines.next();
    expect((await one.lines.next()).value).toBe("ended aborted STOPPED");
  });
});
