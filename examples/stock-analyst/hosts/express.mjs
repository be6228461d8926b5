/** The demo on Express. */
import { createServer } from "node:http";
import express from "express";
import { respond } from "ssekit/express";
import { createAnalyst, RUNS_PATH } from "../app/analyst.mjs";
import { headOf, loadAssets } from "../app/assets.mjs";
import { listen } from "./listen.mjs";

/**
 * @param {number} port
 * @param {{ hostname?: string, analyst?: import('../app/analyst.mjs').Analyst }} [options]
 */
export async function start(port, { hostname = "127.0.0.1", analyst = createAnalyst() } = {}) {
  const assets = await loadAssets();
  const api = analyst.api("Express");
  const app = express();
  app.disable("x-powered-by");

  // POST starts a run, GET lists them or comes back to one, DELETE stops one.
  app.use(RUNS_PATH, (req, res, next) => respond(req, res, next, api));

  app.use((req, res, next) => {
    const asset = ["GET", "HEAD"].includes(req.method) ? assets.get(req.path) : undefined;
    if (asset === undefined) return next();
    res.set(headOf(asset, req.headers.cookie)).send(asset.body);
  });

  // A fault, which is no refusal: nothing of it is told.
  app.use((error, _req, res, next) => {
    if (res.headersSent) next(error);
    else res.status(500).json({ error: { message: "Something went wrong on the server." } });
  });

  return listen(createServer(app), port, hostname, analyst);
}
