import { openLoop } from "../../harness/stream-loop.mjs";

/** So many appends leave before the first is waited for. */
const BATCH = 256;

export default {
  role: "limit",
  title: "XADD by 256, XREAD for each",
  packages: ["redis"],
  open: (url) =>
    openLoop(url, async (add, contents) => {
      for (let from = 0; from < contents.length; from += BATCH) {
        await Promise.all(contents.slice(from, from + BATCH).map(add));
      }
    }),
};
