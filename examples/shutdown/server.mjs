import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { shutdown } from "ssekit";
import { createChannel, createRunRoutes, createRuns, memoryStore } from "ssekit/log";
import { respond } from "ssekit/node";

/** `GET /ticks` tells the time to everybody; `POST /runs` starts some work, which takes as long as it is asked to. */
function createApp() {
  const store = memoryStore();
  const ticks = createChannel({
    store,
    name: "ticks",
    snapshot: () => ({ type: "status", status: `process ${process.pid}` }),
  });
  const routes = createRunRoutes({
    runs: createRuns({ store, onEnd: (outcome) => console.log(`a run: ${outcome}`) }),
    start: ({ body: { workMs } }) => ({
      producer: async (stream) => {
        await setTimeout(workMs, undefined, { signal: stream.signal });
        return { content: "done" };
      },
    }),
  });
  const ticking = setInterval(() => {
    ticks.publish({ type: "chunk", content: `${new Date().toISOString()}\n` });
  }, 100);
  const server = createServer((req, res) => {
    void respond(req, res, req.url === "/ticks" ? ticks : routes);
  });
  return { server, stop: () => clearInterval(ticking) };
}

export async function start(port) {
  const { server, stop } = createApp();
  const leave = async () => {
    stop();
    await shutdown({ server, deadlineMs: 5_000 });
    console.log("shut down");
  };
  process.once("SIGTERM", () => void leave());
  await new Promise((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  return { url: `http://127.0.0.1:${server.address().port}` };
}

if (process.argv[1] === import.meta.filename) {
  console.log((await start(Number(process.env.PORT ?? 3000))).url);
}
