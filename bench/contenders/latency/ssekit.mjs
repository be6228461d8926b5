import { listen } from "../../harness/listen.mjs";
import { loadNode } from "../../ssekit.mjs";

export const OPENING = ": open heartbeatMs=15000";

export default {
  role: "ssekit",
  title: "streamEvents on node:http",
  opening: OPENING,
  async serve(source) {
    const { streamEvents } = await loadNode();
    return listen(
      (req, res) =>
        void streamEvents(req, res, (stream) =>
          source.run((content) => void stream.chunk(content)),
        ),
    );
  },
};
