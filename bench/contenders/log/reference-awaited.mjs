import { openLoop } from "../../harness/stream-loop.mjs";

export default {
  role: "reference",
  title: "XADD one by one, XREAD for each",
  packages: ["redis"],
  open: (url) =>
    openLoop(url, async (add, contents) => {
      for (const content of contents) await add(content);
    }),
};
