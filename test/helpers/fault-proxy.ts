import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { ResponseScanner, rewriteHead, splitHead, type Part } from "./response-bytes.ts";

/** How a connection is cut: closed in good order, or reset. */
export type Cut = "fin" | "rst";

/** What happens to one connection. Without anything it passes through. */
export interface Fault {
  /** Resets the connection as soon as it is accepted. The server learns nothing of it. */
  refuse?: boolean;
  /**
   * Cuts as soon as the reader was sent so many bytes, also when no more would follow. Where the response is
   * shorter it ends as the server ends it. `0` of the `response`: the server answered, the reader got nothing of it.
   */
  cutAfter?: number;
  /** @default "fin" */
  how?: Cut;
  /** Sends so many bytes, then nothing, and keeps the connection open. The server's writes back up. */
  stallAfter?: number;
  /**
   * Which bytes count: all of the `response`; those of the `body` after its head, framing included; or only
   * those of the `events`, as they are before any transfer coding. A head that does not count is sent whole.
   *
   * @default "response"
   */
  of?: "response" | "body" | "events";
  /** Sends slices of so many bytes at most, and gives a reader in the same process the turn to read each alone. */
  sliceBytes?: number;
  /** Waits before each slice, by the global `setTimeout`. */
  latencyMs?: number;
  /**
   * Takes the length and the transfer coding off the response: its end is the end of the connection. So `fin`
   * looks like a clean end of the body, where it would otherwise break it.
   */
  reframe?: "close";
}

/** What happens to each connection, counted from 0. */
export type Plan = (connection: number) => Fault;

export interface FaultProxy {
  url: string;
  /** How many were accepted so far, refused ones included. */
  connections: () => number;
  /** Cuts all that are open, now: whoever waited for a stalled reader's bytes knows that they were read. */
  cut: (how: Cut) => void;
  close: () => Promise<void>;
}

interface Connection {
  reader: Socket;
  server: Socket;
}

/**
 * Stands between readers and the server at `target`, on a free port, and makes the network fail by `plan`.
 *
 * One connection carries one request: each request is told to be the last, so attempts and connections are the same.
 */
export async function faultProxy(target: URL | string, plan: Plan): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Connection>();
  let connections = 0;
  const begin = (reader: Socket) => {
    const fault = plan(connections);
    connections += 1;
    if (fault.refuse) return void reader.resetAndDestroy();
    const server = connect({ host: hostname, port: Number(port), noDelay: true });
    server.on("error", () => {});
    const connection = { reader, server };
    open.add(connection);
    reader.once("close", () => {
      open.delete(connection);
      server.destroy();
    });
    carryRequest(connection);
    void carryResponse(connection, fault);
  };
  const accepted = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (reader) => {
    accepted.add(reader);
    reader.on("error", () => {}).once("close", () => accepted.delete(reader));
    if (plan(connections).refuse) return begin(reader);
    // A fetch may open one more for a request that it then does not have: no fault is spent on that.
    reader.once("readable", () => (reader.readableLength > 0 ? begin(reader) : reader.end()));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    connections: () => connections,
    cut: (how) => open.forEach((connection) => cut(connection, how)),
    close: async () => {
      const closed = once(listener, "close");
      listener.close();
      for (const reader of accepted) reader.destroy();
      await closed;
    },
  };
}

function cut({ reader, server }: Connection, how: Cut): void {
  if (how === "fin") reader.end();
  else reader.resetAndDestroy();
  server.destroy();
}

function carryRequest({ reader, server }: Connection): void {
  let held: Buffer | undefined = Buffer.alloc(0);
  reader.on("data", (bytes: Buffer) => {
    if (!held) return void server.write(bytes);
    held = Buffer.concat([held, bytes]);
    const split = splitHead(held);
    if (!split) return;
    held = undefined;
    server.write(rewriteHead(split.head, ["connection", "keep-alive"], ["Connection: close"]));
    server.write(split.rest);
  });
}

async function carryResponse(connection: Connection, fault: Fault): Promise<void> {
  const { reader, server } = connection;
  const scanner = new ResponseScanner();
  const limit = new Limit(fault);
  try {
    for await (const bytes of server) {
      await send(reader, limit.take(reframed(scanner.feed(bytes as Buffer), fault)), fault);
      if (!limit.isReached) continue;
      if (limit.isStall) await closeOf(reader);
      else cut(connection, fault.how ?? "fin");
      return;
    }
    await send(reader, limit.take(scanner.end()), fault);
    reader.end();
  } catch {
    // The server broke off, and so does what its reader sees. Where a cut did that, the reader was told already.
    if (!reader.writableEnded) reader.resetAndDestroy();
  }
}

function reframed(parts: Part[], { reframe }: Fault): Part[] {
  if (reframe === undefined) return parts;
  const dropped = ["connection", "keep-alive", "content-length", "transfer-encoding"];
  return parts
    .filter(({ kind }) => kind !== "framing")
    .map((part) => {
      if (part.kind !== "head") return part;
      const head = rewriteHead(part.bytes.toString("latin1"), dropped, ["Connection: close"]);
      return { kind: "head", bytes: Buffer.from(head, "latin1") };
    });
}

/** Counts what is sent, and lets no more through than the fault says. */
class Limit {
  readonly isStall: boolean;
  isReached = false;
  readonly #of: NonNullable<Fault["of"]>;
  #left: number;

  constructor({ cutAfter = Infinity, stallAfter = Infinity, of = "response" }: Fault) {
    this.isStall = stallAfter < cutAfter;
    this.#left = Math.min(cutAfter, stallAfter);
    this.#of = of;
  }

  /** The bytes of `parts` up to the limit. */
  take(parts: readonly Part[]): Buffer {
    const taken: Buffer[] = [];
    for (const { kind, bytes } of parts) {
      if (this.isReached) break;
      const isCounted = this.#counts(kind);
      const part = isCounted ? bytes.subarray(0, this.#left) : bytes;
      if (isCounted) this.#left -= part.length;
      this.isReached = this.#left === 0;
      taken.push(part);
    }
    return Buffer.concat(taken);
  }

  #counts(kind: Part["kind"]): boolean {
    switch (this.#of) {
      case "response":
        return true;
      case "body":
        return kind !== "head";
      case "events":
        return kind === "payload";
      default:
        return this.#of satisfies never;
    }
  }
}

async function send(reader: Socket, bytes: Buffer, fault: Fault): Promise<void> {
  const { sliceBytes = Infinity, latencyMs = 0 } = fault;
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    if (latencyMs > 0) await elapsed(latencyMs, reader);
    // Before, not after: the first slice follows on a read, in whose turn the second would follow on the first.
    if (sliceBytes < Infinity) await new Promise((resolve) => setImmediate(resolve));
    if (reader.destroyed || reader.writableEnded) return;
    await new Promise((resolve) => reader.write(bytes.subarray(at, at + sliceBytes), resolve));
  }
}

/** Resolves after `ms`, or when the reader leaves. */
async function elapsed(ms: number, reader: Socket): Promise<void> {
  if (reader.closed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      reader.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    reader.once("close", done);
  });
}

async function closeOf(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}
