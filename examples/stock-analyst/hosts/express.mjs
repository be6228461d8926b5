/** The demo on Express. */
import { createServer } from "node:http";
import express from "express";
import { streamEvents } from "ssekit/express";
import { createAnalyst, toHttpError } from "../app/analyst.mjs";
import { loadAssets, PAGE_HEADERS } from "../app/assets.mjs";
import { listen } from "./listen.mjs";

/**
 * @param {number} port
 * @param {{ hostname?: string, analyst?: import('../app/analyst.mjs').Analyst }} [options]
 */
export async function start(port, { hostname = "127.0.0.1", analyst = createAnalyst() } = {}) {
  const assets = await loadAssets();
  const app = express();
  app.disable("x-powered-by");

  app.post("/api/chat", express.json({ limit: "16kb" }), (req, res, next) => {
    const { producer, options } = analyst.ask(({ body }) => body);
    return streamEvents(req, res, next, producer, options);
  });

  app.get("/api/runs", (_req, res) => {
    res.json({ host: "Express", model: analyst.modelName, runs: analyst.runs.list() });
  });

  app.use((req, res, next) => {
    const asset = ["GET", "HEAD"].includes(req.method) ? assets.get(req.path) : undefined;
    if (asset === undefined) return next();
    res.set(PAGE_HEADERS).type(asset.type).send(asset.body);
  });

  // What `setup` throws comes here, like every other error of an Express app.
  app.use((error, _req, res, next) => {
    const { status, body } = toHttpError(error);
    if (res.headersSent) next(error);
    else res.status(status).json(body);
  });

  return listen(createServer(app), port, hostname, analyst);
}
