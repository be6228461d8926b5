import { createServer } from "node:http";
import { encodeSSE, SSE_HEADERS } from "ssekit";
import { listen } from "../listen.mjs";

const readers = new Set();
const frames = [];
let requests = 0;

// Each event has an ID, and a reader that names one is told what came after it: so another tab can go on.
const server = createServer((req, res) => {
  requests += 1;
  res.writeHead(200, { ...SSE_HEADERS, "Access-Control-Allow-Origin": "*" });
  const last = Number(String(req.headers["last-event-id"]).split("-")[1] ?? 0);
  for (const frame of frames.slice(last)) res.write(frame);
  readers.add(res);
  res.once("close", () => readers.delete(res));
});

const epoch = Date.now();

/** Tells a price to everybody. */
export function tell(symbol, price) {
  const data = JSON.stringify({ type: "price", symbol, price });
  const frame = encodeSSE({ id: `${epoch}-${frames.length + 1}`, data });
  frames.push(frame);
  for (const reader of readers) reader.write(frame);
}

export const requestCount = () => requests;
export const start = (port) => listen(server, port);

if (process.argv[1] === import.meta.filename) {
  console.log((await start(3000)).url);
  setInterval(() => tell("ACME", Math.round(Math.random() * 10_000) / 100), 1_000);
}
