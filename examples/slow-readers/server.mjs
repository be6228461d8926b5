import { createServer } from "node:http";
import { defineEvents, event } from "ssekit";
import { streamEvents } from "ssekit/node";
import { listen } from "../listen.mjs";

const events = defineEvents({
  // Only the newest price is worth reading: a waiting one is replaced.
  price: event({ policy: "latest" }),
  // Nice to have: refused while the reader is behind.
  trace: event({ policy: "droppable" }),
});

const options = {
  events,
  queue: { highWaterMark: 64, maxItems: 1_024, maxBytes: 1_048_576 },
  stallMs: 30_000,
  lifetimeMs: 3_600_000,
};

let refused = 0;

const server = createServer((req, res) => {
  void streamEvents(
    req,
    res,
    async (stream) => {
      for (let tick = 0; tick < 5_000 && stream.isOpen; tick += 1) {
        stream.price({ symbol: "ACME", value: tick });
        if (stream.trace({ tick }) === false) refused += 1;
        // Waits while the reader is behind, for as long as there is a reader.
        await stream.chunk(".".repeat(1_000));
      }
      return { refused };
    },
    options,
  );
});

export const start = (port) => listen(server, port);

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
