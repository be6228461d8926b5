import { once } from "node:events";
import { Server as HttpServer } from "node:http";
import type { Http2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import type { Duplex } from "node:stream";
import type {
  BaseEvents,
  OnEnd,
  Outcome,
  Producer,
  ServeOptions,
  StreamEnd,
} from "../../src/index.ts";
import type { Asked, Reader } from "../helpers/reader.ts";

/** One streaming route of an app: what the contract says about it holds on every host. */
export interface Route {
  producer: Producer<BaseEvents, unknown>;
  options?: ServeOptions<BaseEvents>;
  setup?: () => unknown;
  /** What middleware has set before the route. */
  headersBefore?: ReadonlyArray<readonly [name: string, value: string]>;
  /** Awaited by the handler before it streams. */
  before?: () => Promise<void>;
}

/** A route that is being served. */
export interface Served {
  open: (asked?: Asked) => Promise<Reader>;
  /** How many connections are open on the server's side: sockets, or streams where they share one. */
  connections: () => number;
  close: () => Promise<void>;
}

export interface Host {
  /** Whether headers are set before the stream takes over; else the app adds them to the response. */
  hasMiddleware: boolean;
  serve: (route: Route) => Promise<Served>;
}

/** The options of a route as the one form that takes all of them; without `setup` the host sees none. */
export function optionsOf({ options, setup }: Route): ServeOptions<BaseEvents> & {
  setup: () => unknown;
} {
  return { ...options, ...(setup && { setup }) } as ServeOptions<BaseEvents> & {
    setup: () => unknown;
  };
}

/** Serves on a free port. `open` opens one connection to it. */
export async function served(
  server: HttpServer | Http2Server,
  open: (origin: string, asked?: Asked) => Promise<Reader>,
): Promise<Served> {
  const sockets = openOf(server, "connection");
  const streams = openOf(server, "stream");
  if (!server.listening) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    open: (asked) => open(origin, asked),
    connections: () => (server instanceof HttpServer ? sockets.size : streams.size),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** What `server` opened and has not closed yet. */
function openOf(server: Server, opening: "connection" | "stream"): Set<Duplex> {
  const open = new Set<Duplex>();
  server.on(opening, (duplex: Duplex) => {
    open.add(duplex);
    duplex.on("close", () => open.delete(duplex));
  });
  return open;
}

/** What `onEnd` was told, each time. */
export interface Endings {
  onEnd: OnEnd;
  all: Array<StreamEnd & { outcome: Outcome }>;
  /** Resolves with the first. */
  first: Promise<StreamEnd & { outcome: Outcome }>;
}

export function endings(): Endings {
  const { promise, resolve } = Promise.withResolvers<StreamEnd & { outcome: Outcome }>();
  const all: Endings["all"] = [];
  const onEnd: OnEnd = (outcome, end) => {
    all.push({ ...end, outcome });
    resolve({ ...end, outcome });
  };
  return { onEnd, all, first: promise };
}
