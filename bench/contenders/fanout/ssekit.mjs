import { listen } from "../../harness/listen.mjs";
import { loadLog, loadNode } from "../../ssekit.mjs";

export default {
  role: "ssekit",
  title: "createChannel, in memory",
  async serve() {
    const { respond } = await loadNode();
    const { createChannel, memoryStore } = await loadLog();
    const channel = createChannel({ store: memoryStore() });
    const server = await listen((req, res) => void respond(req, res, channel));
    return { server, publish: (content) => channel.publish({ type: "chunk", content }) };
  },
};
