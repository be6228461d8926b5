import { createClient } from "redis";
import type { LogStore } from "../../../src/log/index.ts";
import { memoryStore } from "../../../src/log/index.ts";
import { redisStore } from "../../../src/log/stores/redis.ts";

/** The store that the environment names: in Redis at `REDIS_URL`, or in memory. `close` ends its client. */
export async function storeOf({
  REDIS_URL: url,
}: NodeJS.ProcessEnv): Promise<{ store: LogStore; close: () => void }> {
  if (url === undefined) return { store: memoryStore(), close: () => {} };
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();
  return {
    store: redisStore({ client, commandTimeoutMs: 500 }),
    close: () => client.isOpen && client.destroy(),
  };
}
