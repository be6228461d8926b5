import { refuse } from "../../protocol/options.ts";

/** What a store needs of a client of `redis` (node-redis). */
export interface NodeRedisClient {
  readonly isReady: boolean;
  sendCommand(args: string[]): Promise<unknown>;
  duplicate(overrides?: object): unknown;
  on(event: "ready", listener: () => void): unknown;
}

/** What a store needs of a pool of `redis` (`createClientPool`). */
export interface NodeRedisPool {
  sendCommand(args: string[]): Promise<unknown>;
  execute(...task: never[]): Promise<unknown>;
}

/** What a store needs of a cluster of `redis` (`createCluster`). */
export interface NodeRedisCluster {
  readonly masters: unknown;
  sendCommand(key: string, isReadonly: boolean, args: string[]): Promise<unknown>;
  duplicate(overrides?: object): unknown;
}

/** What a store needs of a client or a cluster of `ioredis`. */
export interface IoRedisClient {
  readonly status: string;
  call(command: string, ...args: string[]): Promise<unknown>;
  duplicate(...overrides: never[]): unknown;
  on(event: "ready", listener: () => void): unknown;
}

export type RedisClient = NodeRedisClient | NodeRedisPool | NodeRedisCluster | IoRedisClient;

/** A connection that is the store's own: a blocking command stops nobody but itself there. */
export interface OwnConnection {
  /** Rejects when the connection breaks. It never comes back by itself. */
  send(args: string[]): Promise<unknown>;
  close(): void;
}

/** The caller's client, whichever it is. Answers are left as they come: see `redis-reply.ts`. */
export interface RedisLink {
  /** Whether what is sent leaves now, and is not put by until there is a connection. */
  isReady(): boolean;
  /** Calls `listener` whenever there is a connection again. @returns Ends that. */
  onReady(listener: () => void): () => void;
  send(args: string[]): Promise<unknown>;
  connect(): Promise<OwnConnection>;
}

interface Emitter {
  on(event: string, listener: (error?: unknown) => void): unknown;
  off(event: string, listener: () => void): unknown;
}

type NodeRedis = NodeRedisClient &
  Emitter & {
    readonly options?: { socket?: object };
    connect(): Promise<unknown>;
    destroy(): void;
    readonly isOpen: boolean;
  };
type Cluster = NodeRedisCluster & Emitter & { connect(): Promise<unknown>; destroy(): void };
type IoRedis = IoRedisClient &
  Emitter & {
    readonly options?: { keyPrefix?: string };
    readonly isCluster?: boolean;
    duplicate(...overrides: object[]): unknown;
    connect(): Promise<unknown>;
    disconnect(): void;
  };

/**
 * Takes the caller's client, told by what it can do.
 *
 * @throws {TypeError} when it is none.
 */
export function toRedisLink(client: RedisClient): RedisLink {
  const it = (client ?? {}) as Partial<
    Record<keyof (NodeRedis & IoRedis & NodeRedisPool), unknown>
  >;
  const can = (...methods: Array<keyof typeof it>) =>
    methods.every((method) => typeof it[method] === "function");
  // A script makes up names of keys, and would not know what the client puts before them.
  const prefix = (it.options as { keyPrefix?: string } | undefined)?.keyPrefix;
  if (prefix) refuse("client", "without `keyPrefix`, which `prefix` stands for", prefix);
  if (can("call", "duplicate", "on")) return ioRedisLink(client as IoRedis);
  if (can("sendCommand", "duplicate", "on")) {
    if ("masters" in it) return clusterLink(client as Cluster);
    // A sentinel's client is alike, and takes other arguments.
    if ("isReady" in it && !("acquire" in it)) return nodeRedisLink(client as NodeRedis);
  }
  if (can("sendCommand", "execute")) return poolLink(client as NodeRedisPool);
  return refuse("client", "a client of `redis` or `ioredis`", client);
}

function nodeRedisLink(client: NodeRedis): RedisLink {
  return {
    // One that is closed refuses by itself.
    isReady: () => client.isReady || !client.isOpen,
    onReady: (listener) => onReady(client, listener),
    send: (args) => client.sendCommand(args),
    connect: () => ownNodeRedis(client),
  };
}

function ioRedisLink(client: IoRedis): RedisLink {
  return {
    // One that waits is connected by its first command, one that has ended refuses by itself.
    isReady: () => /^(ready|wait|end)$/.test(client.status),
    onReady: (listener) => onReady(client, listener),
    send: ([command = "", ...args]) => client.call(command, ...args),
    connect: async () => {
      const own = ioRedisCopy(client);
      const close = () => own.disconnect();
      return connected({
        own,
        send: ([command = "", ...args]) => own.call(command, ...args),
        close,
      });
    },
  };
}

/** A copy that does not come back by itself, and whose commands may be late: they block on purpose. */
function ioRedisCopy(client: IoRedis): IoRedis {
  const patient = { commandTimeout: undefined, socketTimeout: undefined };
  const once = { lazyConnect: true, retryStrategy: null, clusterRetryStrategy: () => null };
  if (client.isCluster) return client.duplicate([], { ...once, redisOptions: patient }) as IoRedis;
  return client.duplicate({ ...once, ...patient, maxRetriesPerRequest: null }) as IoRedis;
}

function clusterLink(cluster: Cluster): RedisLink {
  const sendOver = (one: Cluster) => (args: string[]) => one.sendCommand(keyOf(args), false, args);
  return {
    // Each of its nodes has a state of its own.
    isReady: () => true,
    onReady: () => () => {},
    send: sendOver(cluster),
    connect: () => {
      const own = cluster.duplicate() as Cluster;
      return connected({ own, send: sendOver(own), close: () => own.destroy() });
    },
  };
}

/** The key that says which node of a cluster a command is for: all of one command are in one slot. */
function keyOf(args: readonly string[]): string {
  const at = { EVAL: 3, EVALSHA: 3, XREAD: args.indexOf("STREAMS") + 1 }[args[0] ?? ""] ?? 1;
  return args[at] ?? "";
}

function poolLink(pool: NodeRedisPool): RedisLink {
  return {
    // A pool has clients enough, or its own patience.
    isReady: () => true,
    onReady: () => () => {},
    send: (args) => pool.sendCommand(args),
    connect: async () => ownNodeRedis(await lent(pool)),
  };
}

/** One of the pool's clients, to be copied: what is done with it is done at once. */
function lent(pool: NodeRedisPool): Promise<NodeRedis> {
  let lentClient: NodeRedis | undefined;
  const task = (client: NodeRedis) => {
    lentClient = client;
  };
  return pool.execute(task as never).then(() => lentClient as NodeRedis);
}

function ownNodeRedis(client: NodeRedis): Promise<OwnConnection> {
  const socket = { ...client.options?.socket, reconnectStrategy: false, socketTimeout: undefined };
  const own = client.duplicate({ socket }) as NodeRedis;
  const close = () => {
    if (own.isOpen) own.destroy();
  };
  return connected({ own, send: (args) => own.sendCommand(args), close });
}

interface Copy extends OwnConnection {
  own: Emitter & { connect(): Promise<unknown> };
}

async function connected({ own, ...connection }: Copy): Promise<OwnConnection> {
  // Without a listener the process would end. Whoever waits for an answer is told by its rejection.
  own.on("error", () => {});
  try {
    await own.connect();
  } catch (error) {
    closeQuietly(connection);
    throw error;
  }
  return { ...connection, close: () => closeQuietly(connection) };
}

function closeQuietly(connection: OwnConnection): void {
  try {
    connection.close();
  } catch {
    // It was closed already: some clients throw then.
  }
}

function onReady(client: Emitter, listener: () => void): () => void {
  client.on("ready", listener);
  return () => void client.off("ready", listener);
}
