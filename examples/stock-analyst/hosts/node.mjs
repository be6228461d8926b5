/** The demo on bare Node: `node:http` and nothing else. */
import { createServer } from "node:http";
import { respond } from "ssekit/node";
import { createAnalyst, RUNS_PATH } from "../app/analyst.mjs";
import { headOf, loadAssets } from "../app/assets.mjs";
import { listen } from "./listen.mjs";

/**
 * @param {number} port
 * @param {{ hostname?: string, analyst?: import('../app/analyst.mjs').Analyst }} [options]
 */
export async function start(port, { hostname = "127.0.0.1", analyst = createAnalyst() } = {}) {
  const assets = await loadAssets();
  const api = analyst.api("Node");

  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? "/", "http://localhost");
    // POST starts a run, GET lists them or comes back to one, DELETE stops one.
    if (pathname === RUNS_PATH || pathname.startsWith(`${RUNS_PATH}/`)) {
      void respond(req, res, api);
      return;
    }
    const asset = ["GET", "HEAD"].includes(req.method ?? "") ? assets.get(pathname) : undefined;
    if (asset === undefined)
      return void res.writeHead(404, { "Content-Type": "text/plain" }).end("Not found\n");
    res.writeHead(200, headOf(asset, req.headers.cookie)).end(asset.body);
  });

  return listen(server, port, hostname, analyst);
}
