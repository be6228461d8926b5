import { listen } from "../../harness/listen.mjs";
import { loadNode } from "../../ssekit.mjs";
import { untilAborted } from "./limit-signal.mjs";
import { OPENING } from "./ssekit.mjs";

export default {
  role: "ssekit",
  title: "streamEvents, its signal listened to",
  opening: OPENING,
  async serve() {
    const { streamEvents } = await loadNode();
    return listen((req, res) => void streamEvents(req, res, ({ signal }) => untilAborted(signal)));
  },
};
