import { defineEvents, event } from "ssekit";
import { connect } from "ssekit/client";
import { shared } from "ssekit/client/shared";

const events = defineEvents({ price: event() });

/** Any number of parts of a page call this, in any number of tabs: there is one request. */
export function openPrices(url) {
  return shared("prices", (options) => connect(url, { ...options, events }));
}

export async function watch(prices, show) {
  for await (const told of prices) {
    if (told.type === "price") show(told.symbol, told.price);
    else if (told.type === "reset") show.clear?.();
  }
}
