import { openLoop } from "../../harness/stream-loop.mjs";

export default {
  role: "reference",
  title: "XADD one by one, XREAD for each",
  packages: ["redis"],
  // With ten followers it would take minutes.
  scenarios: ["f0", "f1"],
  open: (url) =>
    openLoop(url, async (add, contents) => {
      for (const content of contents) await add(content);
    }),
};
