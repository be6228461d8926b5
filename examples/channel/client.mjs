import { defineEvents, event } from "ssekit";
import { connect } from "ssekit/client";

const events = defineEvents({ prices: event(), price: event() });

export const open = (url, options) => connect(url, { events, ...options });

/** Follows the channel. Who was away for too long begins anew: with the snapshot. */
export async function follow(url, view) {
  let ended;
  do ended = await watch(open(url), view);
  while (ended === "gap");
}

/** Shows what the stream tells, for as long as it lasts. Answers `gap` when a part of it is no longer kept. */
export async function watch(stream, view) {
  for await (const told of stream) {
    switch (told.type) {
      case "prices": // The whole of it: what was shown before is replaced.
        view.replace(told.all);
        break;
      case "price":
        view.set(told.symbol, told.price);
        break;
      case "reset": // The channel began anew.
        view.replace({});
        break;
      case "gap": // What is shown may be old. The loop is left, and with it the connection.
        return "gap";
    }
  }
  return undefined;
}

if (process.argv[1] === import.meta.filename) {
  const shown = new Map();
  await follow("http://127.0.0.1:3000", {
    set: (symbol, price) => console.log(symbol, price, shown.set(symbol, price).size),
    replace: (all) => console.log("all", all),
  });
}
