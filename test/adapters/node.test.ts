import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { json, text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { streamEvents } from "../../src/adapters/node.ts";
import { openHttp } from "../helpers/reader.ts";
import { expectNoWarnings } from "../helpers/process-warnings.ts";
import { adapterContract } from "./adapter-contract.ts";
import { stalledEndContract } from "./contract/slow-reader.ts";
import type { Host } from "./host.ts";
import { endings, optionsOf, served } from "./host.ts";
import { serving } from "./serving.ts";

const nodeHost: Host = {
  hasMiddleware: true,
  serve(route) {
    const handle = async (request: IncomingMessage, response: ServerResponse) => {
      if (request.method === "POST") await json(request);
      for (const [name, value] of route.headersBefore ?? []) response.appendHeader(name, value);
      await route.before?.();
      await streamEvents(request, response, route.producer, optionsOf(route));
    };
    return served(
      createServer((request, response) => void handle(request, response)),
      openHttp,
    );
  },
};

adapterContract("node:http", nodeHost);

describe("node:http on its own", () => {
  expectNoWarnings();
  const serve = serving(nodeHost);
  stalledEndContract(serve);

  const listening = async (listener: RequestListener) => {
    const server = createServer(listener);
    const { open, close } = await served(server, openHttp);
    onTestFinished(close);
    return { server, open };
  };

  test("an error of setup that names no status is a 500 that tells nothing, not a crash", async () => {
    const { onEnd, first } = endings();
    const { open } = await serve({
      producer: () => {},
      setup: () => Promise.reject(new Error("postgres://root:hunter2@db")),
      options: { onEnd },
    });
    const reader = await open();
    expect(reader.status).toBe(500);
    expect(await reader.rest()).toBe('{"error":{"message":"The request could not be served."}}');
    expect((await first).error).toHaveProperty("message", "postgres://root:hunter2@db");
  });

  test("a refusal whose headers are no headers cannot crash the process or hang the reader", async () => {
    const refusal = { status: 401, headers: { "WWW-Authenticate": "a\nb" } };
    let ended: Promise<unknown> | undefined;
    const { open } = await listening((request, response) => {
      const setup = () => Promise.reject(Object.assign(new Error("no"), refusal));
      ended = streamEvents(request, response, () => {}, { setup });
    });
    await expect(open()).rejects.toThrow(/hang up|ECONNRESET/);
    await expect(ended).resolves.toMatchObject({ outcome: "failed" });
  });

  test("a response that somebody else ends is not a completed stream", async () => {
    let ended: Promise<{ outcome: string }> | undefined;
    const { open } = await listening((request, response) => {
      ended = streamEvents(request, response, async (stream) => {
        await stream.chunk("a");
        stream.close({ content: "a" });
        response.end();
      });
    });
    const reader = await open();
    const read = await reader.rest();
    const { outcome } = (await ended) ?? {};
    expect(outcome === "completed").toBe(read.includes("[DONE]"));
  });

  test("Retry-After of a refusal reaches the reader", async () => {
    const refusal = { status: 429, message: "slow down", headers: { "Retry-After": "7" } };
    const { open } = await serve({ producer: () => {}, setup: () => Promise.reject(refusal) });
    expect(await open()).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
  });

  test("a connection that served thirty streams has no more listeners than after one", async () => {
    const counts: number[] = [];
    const { server } = await listening((request, response) => {
      void streamEvents(request, response, () => ({ content: "x" })).then(() =>
        setImmediate(() => counts.push(listenersOf(request.socket))),
      );
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    for (let n = 0; n < 30; n += 1) await getToTheEnd(server, agent);
    expect(new Set(counts)).toHaveProperty("size", 1);
  });

  test("the head says nothing of the connection, which is not the stream's", async () => {
    const names = Promise.withResolvers<string[]>();
    const { open } = await listening((request, response) => {
      void streamEvents(request, response, () => {});
      setImmediate(() => names.resolve(response.getHeaderNames()));
    });
    await open();
    expect(await names.promise).not.toContain("connection");
    expect(await names.promise).not.toContain("transfer-encoding");
  });

  test("a response whose head was sent is refused at once, by name", async () => {
    const thrown = Promise.withResolvers<unknown>();
    const { open } = await listening((request, response) => {
      response.flushHeaders();
      try {
        void streamEvents(request, response, () => {});
      } catch (error) {
        thrown.resolve(error);
      }
      response.end();
    });
    await open();
    expect(await thrown.promise).toBeInstanceOf(TypeError);
    expect(await thrown.promise).toHaveProperty("message", expect.stringContaining("`response`"));
  });
});

function listenersOf(socket: Socket): number {
  return socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0);
}

async function getToTheEnd(server: Server, agent: Agent): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const request = httpRequest({ port, agent }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await text(response);
}
