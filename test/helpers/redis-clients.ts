import { Redis } from "ioredis";
import { createClient } from "redis";
import { redisStore, type RedisStoreOptions } from "../../src/log/stores/redis.ts";
import type { LogStore } from "../../src/log/index.ts";

/** A store with a client of its own, as one process has it. */
export interface RedisProcess {
  readonly store: LogStore;
  /** Sends one command over its client. */
  send(...args: string[]): Promise<unknown>;
  /** Ends the store, and then the client. */
  end(): Promise<void>;
}

type Options = Omit<RedisStoreOptions, "client">;

async function onNodeRedis(url: string, options: Options = {}): Promise<RedisProcess> {
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();
  const store = redisStore({ client, ...options });
  const end = async () => {
    await store.close();
    if (client.isOpen) client.destroy();
  };
  return { store, send: (...args) => client.sendCommand(args), end };
}

async function onIoRedis(url: string, options: Options = {}): Promise<RedisProcess> {
  const client = new Redis(url);
  client.on("error", () => {});
  const store = redisStore({ client, ...options });
  const end = async () => {
    await store.close();
    client.disconnect();
  };
  return { store, send: (command = "", ...args) => client.call(command, ...args), end };
}

/** Both clients that a store is made for. */
export const REDIS_CLIENTS = [
  ["redis", onNodeRedis],
  ["ioredis", onIoRedis],
] as const;
