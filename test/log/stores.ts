import { afterAll, afterEach, beforeAll } from "vitest";
import type { LogStore } from "../../src/log/index.ts";
import { memoryStore } from "../../src/log/index.ts";
import { REDIS_CLIENTS, type RedisProcess } from "../helpers/redis-clients.ts";
import { hasRedis, startRedis } from "../helpers/redis-server.ts";

/** A place where logs are kept, as each process that shares it opens it. */
export interface Backend {
  open(): Promise<LogStore>;
  close(): Promise<void>;
}

/** Begins one for the tests of this `describe`. What is put into `closing` is called after each test. */
export function backendOf(begin: () => Promise<Backend>) {
  let backend: Backend;
  const closing: Array<() => unknown> = [];
  beforeAll(async () => {
    backend = await begin();
  });
  afterAll(() => backend.close());
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });
  return { open: () => backend.open(), closing };
}

const memory = async (): Promise<Backend> => {
  // Processes that share a store in memory are one.
  const store = memoryStore();
  return { open: async () => store, close: () => store.close() };
};

const redis = (connect: (url: string) => Promise<RedisProcess>) => async (): Promise<Backend> => {
  const server = await startRedis();
  const opened: RedisProcess[] = [];
  return {
    open: async () => {
      const one = await connect(server.url);
      opened.push(one);
      return one.store;
    },
    close: async () => {
      await Promise.all(opened.map((one) => one.end()));
      await server.stop();
    },
  };
};

/** The stores that runs and channels are tried on. Redis where it is installed: else it is said that it is not. */
export const BACKENDS: Record<string, () => Promise<Backend>> = {
  memory,
  ...(hasRedis() && {
    [`Redis, by ${REDIS_CLIENTS[0][0]}`]: redis(REDIS_CLIENTS[0][1]),
    [`Redis, by ${REDIS_CLIENTS[1][0]}`]: redis(REDIS_CLIENTS[1][1]),
  }),
};
