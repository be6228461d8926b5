import { createServer } from "node:http";
import { defineEvents, event } from "ssekit";
import { createChannel, memoryStore } from "ssekit/log";
import { respond } from "ssekit/node";
import { listen } from "../listen.mjs";

const events = defineEvents({
  /** How things stand: told to whoever comes late. */
  prices: event(),
  /** One that has changed. */
  price: event(),
});

/** The newest price of each: what the snapshot is made of. */
const prices = new Map();

const channel = createChannel({
  store: memoryStore(),
  name: "prices",
  events,
  retention: { maxEvents: 1_000 },
  snapshot: () => ({ type: "prices", all: Object.fromEntries(prices) }),
});

/** Tells a price to everybody. Await it to go at the store's pace. */
export function tell(symbol, price) {
  prices.set(symbol, price);
  return channel.publish({ type: "price", symbol, price });
}

export const start = (port) =>
  listen(
    createServer((req, res) => void respond(req, res, channel)),
    port,
  );

if (process.argv[1] === import.meta.filename) {
  console.log((await start(3000)).url);
  setInterval(() => void tell("ACME", Math.round(Math.random() * 10_000) / 100), 1_000);
}
