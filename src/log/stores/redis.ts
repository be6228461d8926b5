import { positiveInteger } from "../../protocol/options.ts";
import { Readings } from "../reading.ts";
import type { Append, LogStore, NewLog } from "../store.ts";
import { fenced, notFound } from "../refusals.ts";
import type { RedisClient, RedisLink } from "./redis-client.ts";
import { toRedisLink } from "./redis-client.ts";
import { isReply, RedisCommands } from "./redis-commands.ts";
import { RedisKeys } from "./redis-keys.ts";
import { RedisReading } from "./redis-reading.ts";
import { infoOf, optionalText } from "./redis-reply.ts";
import type { ScriptName } from "./redis-scripts.ts";
import { RedisTail } from "./redis-tail.ts";
import { LogTallies, LogTally } from "./redis-tally.ts";

export type {
  IoRedisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisPool,
  RedisClient,
} from "./redis-client.ts";

/** What {@link redisStore} takes. */
export interface RedisStoreOptions {
  /**
   * A client or a cluster of `redis` or `ioredis`, connected or about to be; a pool of `redis` will do. It stays the
   * caller's. What blocks runs on a copy of it, one for each shard that is read from.
   */
  client: RedisClient;
  /** What all keys begin with, in braces. No braces of its own. @default "ssekit" */
  prefix?: string | undefined;
  /**
   * Over how many slots of a cluster the logs are spread. All processes must say the same, for good.
   *
   * @default 1
   */
  shards?: number | undefined;
  /** How long Redis may take to answer, in milliseconds, before it counts as away. @default 5_000 */
  commandTimeoutMs?: number | undefined;
}

/** What a number of milliseconds or entries is at most: Redis takes no infinity. */
const MOST = 2 ** 50;

/**
 * Creates a store in Redis (7.0 or newer), for many processes: a log is a stream, its ids are the entries' own.
 *
 * While Redis is away every method rejects with `LOG_UNAVAILABLE` in bounded time, and readers wait.
 *
 * @throws {TypeError | RangeError} naming the option.
 * @example
 * const client = await createClient().on('error', report).connect()
 * const runs = createRuns({ store: redisStore({ client }) })
 */
export function redisStore({
  client,
  prefix = "ssekit",
  shards = 1,
  commandTimeoutMs = 5_000,
}: RedisStoreOptions): LogStore {
  positiveInteger("commandTimeoutMs", commandTimeoutMs);
  return new RedisStore(toRedisLink(client), new RedisKeys(prefix, shards), commandTimeoutMs);
}

class RedisStore implements LogStore {
  readonly #link: RedisLink;
  readonly #keys: RedisKeys;
  readonly #commands: RedisCommands;
  readonly #tails = new Map<string, RedisTail>();
  readonly #tallies = new LogTallies();
  readonly #readings = new Readings();
  readonly #stopListeners = new Set<(streamId: string) => void>();

  constructor(link: RedisLink, keys: RedisKeys, commandTimeoutMs: number) {
    this.#link = link;
    this.#keys = keys;
    this.#commands = new RedisCommands(link, commandTimeoutMs);
  }

  create: LogStore["create"] = async (streamId, log) => {
    const [made, info] = (await this.#run("create", streamId, argsOf(log))) as [unknown, unknown[]];
    const isNew = Number(made) === 1;
    if (isNew && log.leaseMs > 0) this.#tallies.set(streamId, new LogTally(log, 0));
    return { info: infoOf(info), isNew };
  };

  append: LogStore["append"] = async (streamId, append) => {
    await this.#record(streamId, append);
    this.#tails.get(this.#keys.shardOf(streamId))?.recorded(streamId, append);
  };

  readonly #record: LogStore["append"] = async (streamId, append) => {
    const tally = this.#tallies.get(streamId);
    if (tally?.isPlain(append) && (await this.#appendOne(streamId, append, tally))) return;
    const oldest = tally?.oldestWith(append) ?? 1;
    tally?.expect();
    const { epoch, sequence, frames, outcome = "" } = append;
    const numbers = [`${epoch}`, `${sequence}`, outcome, oldest > 1 ? `${oldest}` : ""];
    const answer = await this.#run("append", streamId, [...numbers, ...frames]);
    const [word, maxEvents, maxBytes, leaseMs] = answer as unknown[];
    this.#refuse(streamId, word);
    if (outcome) return this.#tallies.delete(streamId);
    const retention = { maxEvents: Number(maxEvents), maxBytes: Number(maxBytes) };
    const log = { epoch, leaseMs: Number(leaseMs), retention };
    const noted = tally ?? new LogTally(log, sequence - 1);
    noted.note(append, oldest);
    this.#tallies.set(streamId, noted);
  };

  publish: LogStore["publish"] = async (streamId, { publisher, published, frames }) => {
    const args = [publisher, `${published}`, ...frames];
    this.#refuse(streamId, await this.#run("publish", streamId, args));
  };

  seal: LogStore["seal"] = async (streamId, { epoch, frames, outcome }) =>
    Number(await this.#run("seal", streamId, [`${epoch}`, outcome, ...frames])) === 1;

  renew: LogStore["renew"] = async (leases) => {
    const byShard = Map.groupBy(leases, ({ streamId }) => this.#keys.shardOf(streamId));
    const lost = await Promise.all(
      [...byShard].map(([shard, its]) => {
        const args = its.flatMap(({ streamId, epoch, leaseMs }) => [
          streamId,
          `${epoch}`,
          toInteger(leaseMs),
        ]);
        return this.#commands.run("renew", `${shard}:control`, [shard, ...args]);
      }),
    );
    const streamIds = (lost as unknown[][]).flat().map((id) => optionalText(id) ?? "");
    for (const streamId of streamIds) this.#tallies.delete(streamId);
    return streamIds;
  };

  read: LogStore["read"] = (streamId, { after, signal } = {}) => {
    const tail = this.#tailOf(this.#keys.shardOf(streamId));
    const its = { keys: this.#keys, commands: this.#commands, tail };
    return this.#readings.start(new RedisReading(streamId, after, its), signal);
  };

  info: LogStore["info"] = async (streamId) => {
    const info = (await this.#run("info", streamId, [])) as unknown[] | null;
    return info ? infoOf(info) : undefined;
  };

  list: LogStore["list"] = async (owner) => {
    const answers = await Promise.all(
      this.#keys.shards.map((shard) =>
        this.#commands.run("list", `${shard}:owner:${owner}`, [shard, owner]),
      ),
    );
    const found = (answers as Array<Array<[unknown, unknown[]]>>).flat();
    const newestFirst = found.toSorted(([a], [b]) => Number(b) - Number(a));
    return newestFirst.map(([, info]) => infoOf(info));
  };

  remove: LogStore["remove"] = async (streamId) => {
    this.#tallies.delete(streamId);
    return Number(await this.#run("remove", streamId, [])) === 1;
  };

  requestStop: LogStore["requestStop"] = async (streamId) => {
    await this.#run("requestStop", streamId, []);
  };

  onStopRequest: LogStore["onStopRequest"] = (listener) => {
    // One that is given twice is told twice.
    const tell = (streamId: string) => listener(streamId);
    this.#stopListeners.add(tell);
    for (const shard of this.#keys.shards) this.#tailOf(shard).start();
    return () => void this.#stopListeners.delete(tell);
  };

  close: LogStore["close"] = async () => {
    this.#readings.endAll();
    this.#stopListeners.clear();
    this.#commands.close();
    await Promise.all([...this.#tails.values()].map((tail) => tail.close()));
  };

  /** One entry that comes next needs one command, and no script. Answers whether that was enough. */
  async #appendOne(streamId: string, append: Append, tally: LogTally): Promise<boolean> {
    const { epoch, sequence, frames } = append;
    const oldest = tally.oldestWith(append);
    const bound = oldest > 1 ? ["MINID", "=", `${epoch}-${oldest}`] : [];
    const entry = [`${epoch}-${sequence}`, "f", frames[0] as string];
    tally.expect();
    try {
      const key = this.#keys.logOf(streamId);
      const id = await this.#commands.send(["XADD", key, "NOMKSTREAM", ...bound, ...entry]);
      if (id === null) this.#refuse(streamId, "missing");
      tally.note(append, oldest);
      return true;
    } catch (error) {
      // There is something newer: perhaps this very entry, whose answer was lost. The script knows.
      if (isReply(error, "equal or smaller")) return false;
      throw error;
    }
  }

  #refuse(streamId: string, word: unknown): void {
    const answer = optionalText(word);
    if (answer === "ok") return;
    this.#tallies.delete(streamId);
    throw answer === "missing" ? notFound() : fenced();
  }

  #run(name: ScriptName, streamId: string, args: string[]): Promise<unknown> {
    const shard = this.#keys.shardOf(streamId);
    return this.#commands.run(name, this.#keys.logOf(streamId), [shard, streamId, ...args]);
  }

  #tailOf(shard: string): RedisTail {
    let tail = this.#tails.get(shard);
    if (tail) return tail;
    tail = new RedisTail(shard, this.#link, this.#commands, {
      hasStopListeners: () => this.#stopListeners.size > 0,
      onStopRequest: (streamId) => {
        for (const tell of this.#stopListeners) tellSafely(tell, streamId);
      },
    });
    this.#tails.set(shard, tail);
    return tail;
  }
}

/** Who asked is elsewhere, and the tail goes on for the others: what a listener throws has nobody to tell. */
function tellSafely(tell: (streamId: string) => void, streamId: string): void {
  try {
    tell(streamId);
  } catch {
    // See above.
  }
}

function argsOf({ epoch, retention, leaseMs, owner, fingerprint }: NewLog): string[] {
  const { maxEvents, maxBytes, maxAgeMs } = retention;
  const numbers = [epoch, maxEvents, maxBytes, maxAgeMs, leaseMs].map(toInteger);
  const texts = [owner, fingerprint].flatMap((text) => [
    text === undefined ? "0" : "1",
    text ?? "",
  ]);
  return [...numbers, ...texts];
}

function toInteger(value: number): string {
  return String(Math.min(Math.ceil(value), MOST));
}
