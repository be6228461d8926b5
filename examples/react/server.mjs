import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { build } from "esbuild";
import { streamEvents } from "ssekit/node";
import { listen } from "../listen.mjs";
import { newsEvents } from "./events.mjs";

const PAGE =
  '<!doctype html><title>React</title><div id="root"></div><script src="/page.js"></script>';

async function chat(stream) {
  stream.status("analyzing");
  for (let word = 1; word <= 500; word += 1) {
    await setTimeout(20, undefined, { signal: stream.signal });
    await stream.chunk(`word ${word} `);
  }
}

async function news(stream) {
  for (const title of ["Streams grow", "Streams end", "Streams come back"]) {
    await setTimeout(50, undefined, { signal: stream.signal });
    await stream.headline({ title });
  }
}

/**
 * Serves the page, with React's checks for developers, and its two streams.
 *
 * @param {number} port
 * @param {(path: string, outcome: string) => void} onEnd
 */
export async function start(port, onEnd = console.log) {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/page.jsx`],
    bundle: true,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    write: false,
    logLevel: "error",
  });
  const server = createServer((req, res) => {
    const path = req.url ?? "/";
    const tell = (outcome) => onEnd(path, outcome);
    if (path === "/api/chat") void streamEvents(req, res, chat, { onEnd: tell });
    else if (path.startsWith("/api/news/")) {
      void streamEvents(req, res, news, { events: newsEvents, onEnd: tell });
    } else if (path === "/page.js") {
      res.writeHead(200, { "Content-Type": "text/javascript" }).end(outputFiles[0]?.contents);
    } else res.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
  });
  return listen(server, port);
}

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
