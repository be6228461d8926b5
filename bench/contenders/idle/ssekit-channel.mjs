import { listen } from "../../harness/listen.mjs";
import { loadLog, loadNode } from "../../ssekit.mjs";

export default {
  role: "ssekit",
  title: "a reader of a channel",
  opening: "\n\nid: ",
  async serve() {
    const { respond } = await loadNode();
    const { createChannel, memoryStore } = await loadLog();
    const channel = createChannel({ store: memoryStore() });
    return listen((req, res) => void respond(req, res, channel));
  },
};
