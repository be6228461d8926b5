import { listen } from "../../harness/listen.mjs";
import { loadNode } from "../../ssekit.mjs";

export const OPENING = ": open heartbeatMs=15000\n\n";

export default {
  role: "ssekit",
  title: "streamEvents on node:http",
  opening: OPENING,
  async serve() {
    const { streamEvents } = await loadNode();
    return listen((req, res) => void streamEvents(req, res, untilReaderLeaves));
  },
};

/** A producer that waits for work to come, as one that listens to a bus does. */
export function untilReaderLeaves({ signal }) {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
