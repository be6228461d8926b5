import { listen } from "../../harness/listen.mjs";
import { loadNode } from "../../ssekit.mjs";

// Every 64th send is awaited: that is where the producer learns the reader's pace. A loop that awaits
// none would fill the queue to its bound.
const BREATH = 64;

export default {
  role: "ssekit",
  title: "streamEvents, every 64th awaited",
  async serve(source) {
    const { streamEvents } = await loadNode();
    return listen((req, res) =>
      streamEvents(req, res, async (stream) => {
        let sent = 0;
        for (const content of source.take()) {
          const accepted = stream.chunk(content);
          if (++sent % BREATH === 0) await accepted;
        }
      }),
    );
  },
};
