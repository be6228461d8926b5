import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createRunRoutes, createRuns, memoryStore } from "ssekit/log";
import { respond } from "ssekit/node";

const runs = createRuns({ store: memoryStore() });
const routes = createRunRoutes({
  runs,
  start: ({ body }) => ({
    producer: async (stream) => {
      for (const word of ["Hello", ", ", body.name, "."]) {
        await setTimeout(50, undefined, { signal: stream.signal });
        await stream.chunk(word);
      }
    },
  }),
});
const server = createServer((req, res) => void respond(req, res, routes));
server.listen(process.env.PORT ?? 3000);
