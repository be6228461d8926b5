import { Cluster } from "ioredis";
import { createClient, createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { redisStore } from "../../src/log/stores/redis.ts";
import { storeContract } from "../../src/testing/index.ts";
import { hasRedis, startRedis, type RedisServer } from "../helpers/redis-server.ts";

// One node that has all slots: it refuses what a cluster refuses.
describe.skipIf(!hasRedis())("redisStore in a cluster keeps the contract of a store", () => {
  let server: RedisServer;
  const ends: Array<() => unknown> = [];

  beforeAll(async () => {
    server = await startRedis({ isCluster: true });
    const admin = await createClient({ url: server.url }).connect();
    await admin.sendCommand(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    const isOk = async () =>
      /cluster_state:ok/.test(await admin.sendCommand<string>(["CLUSTER", "INFO"]));
    await vi.waitUntil(isOk, { timeout: 10_000 });
    admin.destroy();
  });
  afterAll(async () => {
    for (const end of ends) end();
    await server.stop();
  });

  const open = {
    redis: async () => {
      const client = createCluster({ rootNodes: [{ url: server.url }] });
      client.on("error", () => {});
      await client.connect();
      ends.push(() => client.destroy());
      return redisStore({ client, shards: 5 });
    },
    ioredis: () => {
      const client = new Cluster([{ host: "127.0.0.1", port: server.port }]);
      client.on("error", () => {});
      ends.push(() => client.disconnect());
      return redisStore({ client, shards: 5 });
    },
  };

  describe.each(["redis", "ioredis"] as const)("on a cluster of %s:", (kind) => {
    test.each(storeContract({ open: open[kind], leasesRunOut: true }))("$name", ({ run }) =>
      expect(run()).resolves.toBeUndefined(),
    );
  });
});
