import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { streamEvents } from "ssekit/node";

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
server.listen(process.env.PORT ?? 3000);
