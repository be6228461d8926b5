import { createServer } from "node:http";
import { serve as serveHono } from "@hono/node-server";
import type { AddressInfo, Server } from "node:net";
import express from "express";
import { Hono } from "hono";
import { respond as respondOnExpress } from "../../src/adapters/express.ts";
import { respond as respondOnHono } from "../../src/adapters/hono.ts";
import { respond as respondOnNode } from "../../src/adapters/node.ts";
import type { ReplySource } from "../../src/log/index.ts";

/** A server of one host that answers every request with what `source` replies. */
export type Serve = (source: ReplySource) => Promise<{ url: string; close: () => Promise<void> }>;

async function opened(server: Server & { closeAllConnections?: () => void }) {
  if (!server.listening) {
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections?.();
      }),
  };
}

export const HOSTS: Record<string, Serve> = {
  "node:http": (source) =>
    opened(createServer((request, response) => void respondOnNode(request, response, source))),
  Express: (source) => {
    const app = express();
    app.use(express.json());
    app.use((request, response, next) => respondOnExpress(request, response, next, source));
    return opened(createServer(app));
  },
  Hono: (source) => {
    const app = new Hono();
    app.all("*", (context) => respondOnHono(context, source));
    return opened(serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
  },
};
