import { listen } from "../../harness/listen.mjs";
import { loadNode } from "../../ssekit.mjs";

export const OPENING = ": open heartbeatMs=15000\n\n";

export default {
  role: "ssekit",
  title: "streamEvents on node:http",
  opening: OPENING,
  async serve() {
    const { streamEvents } = await loadNode();
    return listen((req, res) => void streamEvents(req, res, waitForWork));
  },
};

/** What all producers wait for. It is held here, or the engine would collect them with it. */
const work = new Promise(() => {});

/** A producer that waits for work to come, and does not ask whether its reader is still there. */
export function waitForWork() {
  return work;
}
