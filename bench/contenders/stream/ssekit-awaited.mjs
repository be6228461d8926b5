import { listen } from "../../harness/listen.mjs";
import { loadNode } from "../../ssekit.mjs";

export default {
  role: "ssekit",
  title: "streamEvents, each send awaited",
  async serve(source) {
    const { streamEvents } = await loadNode();
    return listen((req, res) =>
      streamEvents(req, res, async (stream) => {
        for (const content of source.take()) await stream.chunk(content);
      }),
    );
  },
};
