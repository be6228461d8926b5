/** The demo on bare Node: `node:http` and nothing else. */
import { createServer } from "node:http";
import { streamEvents } from "ssekit/node";
import { createAnalyst, parseBody, QuestionError } from "../app/analyst.mjs";
import { loadAssets, PAGE_HEADERS } from "../app/assets.mjs";
import { listen } from "./listen.mjs";

const MAX_BODY_BYTES = 16_384;

/**
 * @param {number} port
 * @param {{ hostname?: string, analyst?: import('../app/analyst.mjs').Analyst }} [options]
 */
export async function start(port, { hostname = "127.0.0.1", analyst = createAnalyst() } = {}) {
  const assets = await loadAssets();

  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? "/", "http://localhost");
    const route = `${req.method} ${pathname}`;
    if (route === "POST /api/chat") {
      const { producer, options } = analyst.ask(readJson);
      void streamEvents(req, res, producer, options);
      return;
    }
    if (route === "GET /api/runs")
      return sendJson(res, { host: "Node", model: analyst.modelName, runs: analyst.runs.list() });
    const asset = ["GET", "HEAD"].includes(req.method ?? "") ? assets.get(pathname) : undefined;
    if (asset === undefined)
      return void res.writeHead(404, { "Content-Type": "text/plain" }).end("Not found\n");
    res.writeHead(200, { ...PAGE_HEADERS, "Content-Type": asset.type }).end(asset.body);
  });

  return listen(server, port, hostname, analyst);
}

/** @param {import('node:http').ServerResponse} res @param {unknown} body */
function sendJson(res, body) {
  res.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

/** @param {import('node:http').IncomingMessage} req */
async function readJson(req) {
  let bytes = 0;
  /** @type {Buffer[]} */
  const parts = [];
  for await (const part of req) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES)
      throw Object.assign(new QuestionError("The body is too large."), { status: 413 });
    parts.push(part);
  }
  return parseBody(Buffer.concat(parts).toString("utf8"));
}
