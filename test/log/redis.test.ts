import { createClient, createClientPool, createSentinel } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogStore } from "../../src/log/index.ts";
import { redisStore, type RedisClient } from "../../src/log/stores/redis.ts";
import { storeContract } from "../../src/testing/index.ts";
import { REDIS_CLIENTS, type RedisProcess } from "../helpers/redis-clients.ts";
import { hasRedis, startRedis, type RedisServer } from "../helpers/redis-server.ts";
import { appendAll, EPOCH, idsOf, newLog, readAll } from "./redis-traffic.ts";

describe.skipIf(!hasRedis())("redisStore", () => {
  let server: RedisServer;
  const opened: RedisProcess[] = [];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(opened.map((one) => one.end()));
    await server.stop();
  });

  describe.each(REDIS_CLIENTS)("on a client of %s", (_, open) => {
    const openOne = async (options?: object) => {
      const one = await open(server.url, options);
      opened.push(one);
      return one;
    };

    describe("keeps the contract of a store", () => {
      test.each(
        storeContract({
          open: async () => (await openOne({ prefix: "contract", shards: 2 })).store,
          leasesRunOut: true,
        }),
      )("$name", ({ run }) => expect(run()).resolves.toBeUndefined());
    });

    test("a hundred readers of fifty logs take a connection each", async () => {
      const clients = async () =>
        String(await one.send("CLIENT", "LIST"))
          .trim()
          .split("\n").length;
      const one = await open(server.url, { prefix: "connections" });
      const before = await clients();
      const streamIds = Array.from({ length: 50 }, (_unused, index) => `log-${index}`);
      for (const streamId of streamIds) await one.store.create(streamId, newLog());
      const readers = [...streamIds, ...streamIds].map((streamId) => readAll(one.store, streamId));
      for (const streamId of streamIds) await appendAll(one.store, streamId, 3, 1, false);
      expect((await clients()) - before).toBeLessThanOrEqual(1);
      for (const streamId of streamIds) await appendAll(one.store, streamId, 4, 1, true, 4);
      for (const ids of await Promise.all(readers)) expect(ids).toEqual(idsOf(4));
      await one.end();
    });

    test("ten readers of a log cost more than one command for an event", async () => {
      const one = await openOne({ prefix: "commands" });
      await one.store.create("log", newLog());
      const readers = Array.from({ length: 10 }, () => readAll(one.store, "log"));
      await appendAll(one.store, "log", 1, 1, false);
      await one.send("CONFIG", "RESETSTAT");
      await appendAll(one.store, "log", 20_001, 256, true, 2);
      for (const ids of await Promise.all(readers)) expect(ids).toEqual(idsOf(20_001));
      const stats = String(await one.send("INFO", "commandstats"));
      const calls = [...stats.matchAll(/cmdstat_(?!info|config)[^:]+:calls=(\d+)/g)];
      const sum = calls.reduce((total, [, count]) => total + Number(count), 0);
      expect(sum / 20_000).toBeLessThanOrEqual(1.05);
    });

    test("who follows a log where it is recorded has all that it is told read back from Redis", async () => {
      const one = await openOne({ prefix: `own-${Math.random()}` });
      await one.store.create("log", newLog());
      const reader = readAll(one.store, "log");
      await appendAll(one.store, "log", 100, 1, false);
      await one.send("CONFIG", "RESETSTAT");
      await appendAll(one.store, "log", 1_100, 1, true, 101);
      expect(await reader).toEqual(idsOf(1_100));
      const stats = String(await one.send("INFO", "commandstats"));
      const [, reads = "0"] = /cmdstat_xread:calls=(\d+)/.exec(stats) ?? [];
      // What is read is the word of others: a few times in a second.
      expect(Number(reads)).toBeLessThanOrEqual(20);
    });

    test("who follows a log where it is recorded does not learn that others have ended it", async () => {
      const prefix = `fenced-here-${Math.random()}`;
      const [one, other] = [await openOne({ prefix }), await openOne({ prefix })];
      await one.store.create("log", { ...newLog(), leaseMs: 300 });
      const reader = readAll(one.store, "log");
      await appendAll(one.store, "log", 20, 1, false);
      const seal = { epoch: EPOCH + 1, frames: ["last words"], outcome: "failed" } as const;
      await expect.poll(() => other.store.seal("log", seal)).toBe(true);
      await expect(appendAll(one.store, "log", 21, 1, false, 21)).rejects.toMatchObject({
        code: "LOG_FENCED",
      });
      await expect(reader).rejects.toThrow(`${EPOCH + 1}-21 holds the frame last words`);
    });

    test("what somebody else writes into a log holds up the readers of others", async () => {
      const prefix = `foreign-${Math.random()}`;
      const one = await openOne({ prefix });
      const readers = [];
      for (const streamId of ["a", "b"]) {
        await one.store.create(streamId, newLog());
        readers.push(readAll(one.store, streamId));
        await appendAll(one.store, streamId, 1, 1, false);
      }
      const spoilt = readers[0]?.catch((error: unknown) => error);
      await one.send("XADD", `{${prefix}:0}:log:a`, "*", "f", "not of ours");
      expect(await spoilt).toBeInstanceOf(Error);
      await appendAll(one.store, "b", 50, 1, true, 2);
      expect(await readers[1]).toEqual(idsOf(50));
    });

    test("an event that comes alone costs more than one command to write", async () => {
      const one = await openOne({ prefix: "single" });
      await one.store.create("log", newLog());
      await appendAll(one.store, "log", 1, 1, false);
      await one.send("CONFIG", "RESETSTAT");
      await appendAll(one.store, "log", 501, 1, false, 2);
      const stats = String(await one.send("INFO", "commandstats"));
      expect(stats).toContain("cmdstat_xadd:calls=500,");
      expect(stats).not.toContain("evalsha");
      await one.store.remove("log");
    });

    test("a connection or a socket is left behind after close()", async () => {
      const sockets = () =>
        process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
      // Those of the tests before may yet be about to close.
      let before = -1;
      const isSettled = () => before === (before = sockets());
      await expect.poll(isSettled, { interval: 100, timeout: 5_000 }).toBe(true);
      const one = await open(server.url, { prefix: "handles" });
      one.store.onStopRequest(() => {});
      await one.store.create("log", newLog());
      const reading = one.store.read("log").next();
      await appendAll(one.store, "log", 1, 1, false);
      await reading;
      expect(sockets()).toBe(before + 2);
      await one.end();
      await expect.poll(sockets, { timeout: 5_000 }).toBe(before);
      await expect(one.store.info("log")).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" });
      const late = one.store.read("log").next();
      await expect(late).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" });
    });

    test("a shard that nobody uses keeps keys for ever", async () => {
      const one = await openOne({ prefix: `expiry-${Math.random()}` });
      const given = { ...newLog(), owner: "ann" };
      await one.store.create("log", given);
      await one.store.publish("log", { publisher: "p", published: 0, frames: ["x"] });
      await one.store.requestStop("log");
      const reading = one.store.read("log");
      await reading.next();
      const waiting = reading.next();
      await one.store.create("other", newLog());
      const keys = (await one.send("KEYS", "{expiry-*")) as string[];
      expect(keys.length).toBeGreaterThan(4);
      for (const key of keys)
        expect([key, Number(await one.send("PTTL", key)) > 0]).toEqual([key, true]);
      await reading.return?.();
      await waiting;
    });
  });

  test("a pool of clients is refused, or its readers miss something", async () => {
    const pool = createClientPool({ url: server.url });
    pool.on("error", () => {});
    await pool.connect();
    const store = redisStore({ client: pool, prefix: "pool" });
    await store.create("log", newLog());
    const reader = readAll(store, "log");
    await appendAll(store, "log", 100, 3, true);
    expect(await reader).toEqual(idsOf(100));
    await store.close();
    pool.destroy();
  });

  test("a client whose answers are buffers or maps makes entries of another kind", async () => {
    const client = createClient({ url: server.url });
    client.on("error", () => {});
    await client.connect();
    const mapped = client.withTypeMapping({ 36: Buffer, 37: Map } as never);
    const store = redisStore({ client: mapped, prefix: "mapped" });
    await store.create("log", newLog());
    const reader = readAll(store, "log");
    await appendAll(store, "log", 100, 3, true);
    expect(await reader).toEqual(idsOf(100));
    expect((await store.info("log"))?.outcome).toBe("completed");
    await store.close();
    client.destroy();
  });
});

describe("redisStore refuses", () => {
  const client = createClient();
  const sentinel = createSentinel({ name: "x", sentinelRootNodes: [{ host: "x", port: 1 }] });

  test.each([undefined, null, 1, {}, { sendCommand: 1 }, createClient().legacy(), sentinel])(
    "a thing that is no client: %s",
    (thing) => {
      expect(() => redisStore({ client: thing as unknown as RedisClient })).toThrow(
        /^`client` must be a client of `redis` or `ioredis`/,
      );
    },
  );

  test("a client that puts something before each key", () => {
    const prefixed = { ...stub, options: { keyPrefix: "mine:" } } as unknown as RedisClient;
    expect(() => redisStore({ client: prefixed })).toThrow(/keyPrefix/);
  });

  test.each([{ prefix: "" }, { prefix: "a{b}" }, { shards: 0 }, { commandTimeoutMs: -1 }])(
    "%o",
    (options) => {
      expect((): LogStore => redisStore({ client, ...options })).toThrow(
        new RegExp(`^\`${Object.keys(options)[0]}\` must be `),
      );
    },
  );
});

const stub = { status: "ready", call: () => {}, duplicate: () => {}, on: () => {} };
