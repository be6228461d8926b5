import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import { streamEvents } from "ssekit/express";
import { storyEvents } from "./events.js";

const app = express();
app.use(express.json());

// The page and, for its imports, two packages: a browser needs no build step for this.
const folderOf = (/** @type {string} */ name) => dirname(fileURLToPath(import.meta.resolve(name)));
for (const file of ["index.html", "page.js", "events.js"]) {
  // By name: a folder that is served whole shows the server's own code too.
  app.get(file === "index.html" ? "/" : `/${file}`, (_req, res) => {
    res.sendFile(file, { root: import.meta.dirname });
  });
}
app.use("/lib/ssekit", express.static(folderOf("ssekit/client")));
app.use("/lib/eventsource-parser", express.static(folderOf("eventsource-parser")));

const STORY = "Once upon a time a server told a story and every word of it arrived".split(" ");

app.post("/story", (req, res, next) => {
  void streamEvents(
    req,
    res,
    next,
    async (stream) => {
      stream.status("thinking");
      await setTimeout(300, undefined, { signal: stream.signal });
      stream.status("telling");
      for (const [index, word] of STORY.entries()) {
        await setTimeout(100, undefined, { signal: stream.signal });
        await stream.chunk(`${word} `);
        stream.progress({ words: index + 1, of: STORY.length });
      }
      return { title: "The first stream" };
    },
    {
      events: storyEvents,
      onEnd: (outcome, { counts }) => console.log(`${outcome} after ${counts.accepted} events`),
    },
  );
});

/** @param {number} port */
export function start(port) {
  const server = createServer(app).listen(port, "127.0.0.1");
  console.log(`http://localhost:${port}`);
  return server;
}

if (process.argv[1] === import.meta.filename) start(3000);
