import { createServer } from "node:http";
import { listen } from "../listen.mjs";

/** Prices for those who are signed in: a few at a time, then the connection ends and its reader comes back. */
const server = createServer((req, res) => {
  if (req.headers.authorization !== "Bearer demo") {
    res.writeHead(401).end("Sign in first.");
    return;
  }
  const next = Number(req.headers["last-event-id"] ?? 0) + 1;
  if (next > 3) {
    // The standard's way to say that nothing more will come.
    res.writeHead(204).end();
    return;
  }
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  res.end(`retry: 20\nid: ${next}\nevent: price\ndata: ${100 + next}\n\n`);
});

export const start = (port) => listen(server, port);

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
