/** Where the runs are kept: in this process, or in the Redis that `REDIS_URL` names. */
import { memoryStore } from "ssekit/log";

/**
 * @typedef {object} OpenedStore
 * @property {import('ssekit/log').LogStore} store
 * @property {"memory" | "redis"} kind
 * @property {() => Promise<void>} close - Lets go of the connection, after the store was closed.
 */

/** How long Redis may take to answer at the start. */
const CONNECT_MS = 3_000;

/** Redis cannot be reached. Its message is for whoever starts the demo. */
export class StoreError extends Error {
  /** @override */
  name = "StoreError";
}

/** @param {NodeJS.ProcessEnv} env @returns {Promise<OpenedStore>} */
export async function openStore(env) {
  const url = env.REDIS_URL;
  return url ? openRedis(url) : { store: memoryStore(), kind: "memory", close: async () => {} };
}

/** @param {string} url @returns {Promise<OpenedStore>} */
async function openRedis(url) {
  // Whoever keeps runs in memory needs neither of the two.
  const [{ redisStore }, { createClient }] = await Promise.all([
    import("ssekit/log/redis"),
    import("redis"),
  ]);
  let wasThere = false;
  const client = createClient({
    url,
    socket: {
      connectTimeout: CONNECT_MS,
      // Away at the start is a mistake to be told; away later is waited for.
      reconnectStrategy: (retries, cause) =>
        wasThere ? Math.min(100 * (retries + 1), 2_000) : cause,
    },
  });
  // Without a listener an outage would end the process. It is over by itself: the store keeps what waits.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw new StoreError(`Redis does not answer at REDIS_URL (${withoutPassword(url)})`, { cause });
  }
  wasThere = true;
  const close = async () => client.destroy();
  return { store: redisStore({ client, prefix: "stock-analyst" }), kind: "redis", close };
}

/** @param {string} url */
function withoutPassword(url) {
  return URL.canParse(url) ? new URL(url).host : "no URL";
}
