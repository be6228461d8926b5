import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { REDIS_CLIENTS, type RedisProcess } from "../helpers/redis-clients.ts";
import { withCrashTraps } from "../helpers/crash-traps.ts";
import { hasRedis, startRedis, type RedisServer } from "../helpers/redis-server.ts";
import { appendAll, idsOf, newLog, readAll } from "./redis-traffic.ts";

const EVENTS = 1_500;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

describe.skipIf(!hasRedis()).each(REDIS_CLIENTS)("redisStore on %s, when", (_, open) => {
  let server: RedisServer;
  let writing: RedisProcess;
  let reading: RedisProcess;

  beforeEach(async () => {
    server = await startRedis({ appendOnly: true });
    writing = await open(server.url, { commandTimeoutMs: 1_000 });
    reading = await open(server.url, { commandTimeoutMs: 1_000 });
  });
  afterEach(async () => {
    await Promise.all([writing.end(), reading.end()]);
    await server.stop();
  });

  /** Ten readers of one log, in two processes, while `harm` is done to Redis at times. */
  async function underHarm(harm: () => Promise<void>, atOnce: number): Promise<void> {
    await writing.store.create("log", newLog());
    const readers = Array.from({ length: 10 }, (_unused, index) =>
      readAll((index % 2 ? writing : reading).store, "log"),
    );
    const isWritten = new AbortController();
    const harmed = (async () => {
      let harms = 0;
      for (; !isWritten.signal.aborted && harms < 5; harms += 1) {
        await pause(50);
        await harm();
      }
      return harms;
    })();
    for (let from = 1; from <= EVENTS; from += 100) {
      await appendAll(writing.store, "log", from + 99, atOnce, from + 99 === EVENTS, from);
      // Between the harms there is time in which it works.
      await pause(20);
    }
    isWritten.abort();
    const harms = await harmed;
    expect(harms).toBeGreaterThan(1);
    for (const ids of await Promise.all(readers)) expect(ids).toEqual(idsOf(EVENTS));
    expect(await readAll(reading.store, "log")).toEqual(idsOf(EVENTS));
  }

  test.each([1, 7])(
    "its connections are killed, appends of %d are lost or doubled",
    async (many) => {
      const admin = await open(server.url);
      const harm = async () =>
        void (await admin.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"));
      const crashes = await withCrashTraps(() => underHarm(harm, many));
      await admin.end();
      expect(crashes).toEqual([]);
    },
  );

  test.each([1, 7])(
    "it is killed and comes back, appends of %d are lost or doubled",
    async (many) => {
      const harm = async () => {
        await server.kill();
        await server.start();
      };
      expect(await withCrashTraps(() => underHarm(harm, many))).toEqual([]);
    },
  );

  test("it does not answer any more, a call waits for ever, and a reader is turned away", async () => {
    await writing.store.create("log", newLog());
    const reader = readAll(reading.store, "log");
    await appendAll(writing.store, "log", 3, 1, false);
    server.freeze();
    const began = performance.now();
    const append = { epoch: newLog().epoch, sequence: 4, frames: ["4"] };
    const { store } = writing;
    const calls = [
      store.append("log", append),
      store.create("other", newLog()),
      store.publish("log", { publisher: "p", published: 0, frames: ["x"] }),
      store.seal("log", { epoch: append.epoch + 1, frames: ["x"], outcome: "failed" }),
      store.renew([{ streamId: "log", epoch: append.epoch, leaseMs: 1_000 }]),
      store.info("log"),
      store.list("ann"),
      store.remove("other"),
      store.requestStop("log"),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" });
    expect(performance.now() - began).toBeLessThan(2_000);
    server.resume();
    await appendAll(writing.store, "log", 5, 1, false, 4);
    await appendAll(writing.store, "log", 6, 1, true, 6);
    expect(await reader).toEqual(idsOf(6));
  });

  test("it is gone, a call waits for ever, or close() does", async () => {
    await writing.store.create("log", newLog());
    const one = reading.store.read("log").next();
    await server.kill();
    const began = performance.now();
    const call = writing.store.info("log");
    await expect(call).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" });
    await reading.store.close();
    expect(await one).toEqual({ done: true, value: undefined });
    await writing.store.close();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("it was away, stop requests and removals of that time are not heard", async () => {
    const heard: string[] = [];
    reading.store.onStopRequest((streamId) => heard.push(streamId));
    await writing.store.create("log", newLog());
    const waiting = reading.store.read("log").next();
    waiting.catch(() => {});
    await reading.store.info("log");
    await appendAll(writing.store, "log", 1, 1, false);
    await waiting;
    const gone = reading.store.read("log", { after: idsOf(1)[0] }).next();
    gone.catch(() => {});
    await reading.store.info("log");
    await server.kill();
    await server.start();
    await expect
      .poll(() =>
        writing.store.requestStop("log").then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await writing.store.remove("log");
    await expect(gone).rejects.toMatchObject({ code: "LOG_NOT_FOUND" });
    expect(new Set(heard)).toEqual(new Set(["log"]));
  });
});
