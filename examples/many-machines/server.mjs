import { createServer } from "node:http";
import { createClient } from "redis";
import { shutdown } from "ssekit";
import { createRunRoutes, createRuns } from "ssekit/log";
import { redisStore } from "ssekit/log/redis";
import { respond } from "ssekit/node";

const client = createClient({ url: process.env.REDIS_URL });
// Without this the client throws when Redis goes away, and the process ends.
client.on("error", (error) => console.error(`Redis: ${error.message}`));
await client.connect();

const runs = createRuns({ store: redisStore({ client, prefix: "chat" }), leaseMs: 15_000 });
const routes = createRunRoutes({
  runs,
  start: ({ body }) => ({
    producer: async (stream) => {
      for (const word of ["You asked: ", body.question]) await stream.chunk(word);
    },
  }),
});
const server = createServer((req, res) => void respond(req, res, routes));
server.listen(process.env.PORT ?? 3000);

async function leave() {
  await shutdown({ server });
  await client.close();
}
process.once("SIGTERM", () => void leave());
