/** The demo on Hono, on Node's server. */
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { respond } from "ssekit/hono";
import { createAnalyst, RUNS_PATH } from "../app/analyst.mjs";
import { headOf, loadAssets } from "../app/assets.mjs";
import { listen } from "./listen.mjs";

/**
 * @param {number} port
 * @param {{ hostname?: string, analyst?: import('../app/analyst.mjs').Analyst }} [options]
 */
export async function start(port, { hostname = "127.0.0.1", analyst = createAnalyst() } = {}) {
  const assets = await loadAssets();
  const api = analyst.api("Hono");
  const app = new Hono();

  // POST starts a run, GET lists them or comes back to one, DELETE stops one.
  app.all(`${RUNS_PATH}/:id?`, (c) => respond(c, api));

  app.get("*", (c) => {
    const asset = assets.get(c.req.path);
    if (asset === undefined) return c.notFound();
    return c.body(asset.body, 200, headOf(asset, c.req.header("cookie")));
  });

  const server = /** @type {import('node:http').Server} */ (
    createAdaptorServer({ fetch: app.fetch })
  );
  return listen(server, port, hostname, analyst);
}
