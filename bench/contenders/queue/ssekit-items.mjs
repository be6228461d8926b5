import { loadQueues } from "./ssekit.mjs";

export default {
  role: "ssekit",
  title: "AsyncEventQueue, items counted",
  load: () => loadQueues({ sizeOf: () => 1 }),
};
