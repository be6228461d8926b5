/** The demo on Hono, on Node's server. */
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { streamEvents } from "ssekit/hono";
import { createAnalyst, parseBody, toHttpError } from "../app/analyst.mjs";
import { loadAssets, PAGE_HEADERS } from "../app/assets.mjs";
import { listen } from "./listen.mjs";

/**
 * @param {number} port
 * @param {{ hostname?: string, analyst?: import('../app/analyst.mjs').Analyst }} [options]
 */
export async function start(port, { hostname = "127.0.0.1", analyst = createAnalyst() } = {}) {
  const assets = await loadAssets();
  const app = new Hono();

  app.post("/api/chat", bodyLimit({ maxSize: 16_384 }), (c) => {
    const { producer, options } = analyst.ask(async ({ req }) => parseBody(await req.text()));
    return streamEvents(c, producer, options);
  });

  app.get("/api/runs", (c) =>
    c.json({ host: "Hono", model: analyst.modelName, runs: analyst.runs.list() }),
  );

  app.get("*", (c) => {
    const asset = assets.get(c.req.path);
    if (asset === undefined) return c.notFound();
    return c.body(asset.body, 200, { ...PAGE_HEADERS, "Content-Type": asset.type });
  });

  // What `setup` throws comes here, like every other error of a Hono app.
  app.onError((error, c) => {
    const { status, body } = toHttpError(error);
    return c.json(
      body,
      /** @type {import("hono/utils/http-status").ContentfulStatusCode} */ (status),
    );
  });

  const server = /** @type {import('node:http').Server} */ (
    createAdaptorServer({ fetch: app.fetch })
  );
  return listen(server, port, hostname, analyst);
}
