import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { describe, expect, test, vi } from "vitest";
import { streamEvents } from "../../src/adapters/hono.ts";
import { openHttp } from "../helpers/reader.ts";
import { adapterContract } from "./adapter-contract.ts";
import type { Host } from "./host.ts";
import { endings, optionsOf, served } from "./host.ts";

const honoHost: Host = {
  hasMiddleware: true,
  serve(route) {
    const app = new Hono();
    app.onError((error, c) => {
      const { status = 500 } = error as { status?: ContentfulStatusCode };
      return c.json({ error: { message: error.message } }, status);
    });
    app.use(async (c, next) => {
      for (const [name, value] of route.headersBefore ?? [])
        c.header(name, value, { append: true });
      await next();
    });
    app.on(["GET", "POST"], "/stream", async (c) => {
      if (c.req.method === "POST") await c.req.json();
      await route.before?.();
      return streamEvents(c, route.producer, optionsOf(route));
    });
    const server = createAdaptorServer({ fetch: app.fetch });
    return served(server, (origin, asked) => openHttp(`${origin}/stream`, asked));
  },
};

adapterContract("Hono on Node", honoHost);

describe("Hono on its own, without a server", () => {
  test("the CORS and compressing middleware of Hono leaves the stream readable and open to its page", async () => {
    const app = new Hono();
    app.use(compress(), cors({ origin: "https://app.example", credentials: true }));
    app.get("/stream", (c) => streamEvents(c, () => ({ content: "Hello" })));
    const response = await app.request("/stream", {
      headers: { Origin: "https://app.example", "Accept-Encoding": "gzip" },
    });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://app.example");
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBe("true");
    expect(response.headers.get("Vary")).toContain("Origin");
    expect(response.headers.get("Content-Encoding")).toBeNull();
    expect(await response.text()).toContain('{"type":"result","content":"Hello"}');
  });

  test("an HTTPException of setup is answered as Hono answers it anywhere", async () => {
    const app = new Hono();
    const { onEnd, first } = endings();
    const setup = () => Promise.reject(new HTTPException(418, { message: "a teapot" }));
    app.get("/stream", (c) => streamEvents(c, () => {}, { setup, onEnd }));
    const response = await app.request("/stream");
    expect([response.status, await response.text()]).toEqual([418, "a teapot"]);
    expect((await first).outcome).toBe("failed");
  });

  test("app.onError sees what setup threw, itself", async () => {
    const refusal = new Error("no");
    const onError = vi.fn<(error: Error) => Response>(
      () => new Response("handled", { status: 503 }),
    );
    const app = new Hono().onError(onError);
    app.get("/stream", (c) => streamEvents(c, () => {}, { setup: () => Promise.reject(refusal) }));
    expect((await app.request("/stream")).status).toBe(503);
    expect(onError.mock.calls[0]?.[0]).toBe(refusal);
  });

  test("the head says nothing of the connection, which is not the stream's", async () => {
    const app = new Hono().get("/stream", (c) => streamEvents(c, () => {}));
    const { headers } = await app.request("/stream");
    expect(headers.has("Connection")).toBe(false);
    expect(headers.has("Transfer-Encoding")).toBe(false);
  });
});
