import { HEAD, listen } from "../../harness/listen.mjs";

export default {
  role: "reference",
  title: "node:http, work that hears of the close",
  serve: () =>
    listen((_, res) => {
      const left = new AbortController();
      res.on("close", () => left.abort());
      res.writeHead(200, HEAD);
      res.flushHeaders();
      void untilAborted(left.signal);
    }),
};

/** Work that goes on until nobody is left to work for. */
export function untilAborted(signal) {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
