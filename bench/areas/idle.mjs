import { bytesPerConnection } from "../harness/connections.mjs";

/**
 * What a connected reader costs while nothing is sent: most of a day's streams, most of the time.
 *
 * A contender's door: `serve()` answers a listening `http.Server` (port 0), which answers each request with the head
 * of an event stream and then keeps silent, for as long as the reader stays.
 * `opening`: what the body opens with, when it does.
 */
export default {
  checked: "each reader has the head of an event stream; server and readers count all as open",
  columns: [{ key: "rssBytes", title: "rss B" }],
  scenarios: {
    c1000: {
      title: "1,000 silent streams: memory of the server for each",
      unit: "B/stream",
      better: "lower",
      count: 1_000,
    },
    c5000: {
      title: "5,000 silent streams: memory of the server for each",
      unit: "B/stream",
      better: "lower",
      count: 5_000,
    },
  },

  async measure(contender, { count }) {
    const server = await contender.serve();
    const { usedBytes, rssBytes } = await bytesPerConnection(server, count, contender.opening);
    return { value: usedBytes, extra: { rssBytes } };
  },
};
