import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { streamEvents } from "ssekit/node";
import { listen } from "../listen.mjs";

const server = createServer((req, res) => {
  void streamEvents(req, res, async (stream) => {
    stream.status("analyzing");
    for (const word of ["Hello", ", ", "world", "."]) {
      await setTimeout(50, undefined, { signal: stream.signal });
      await stream.chunk(word);
    }
    return { content: "Hello, world." };
  });
});

export const start = (port) => listen(server, port);

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
