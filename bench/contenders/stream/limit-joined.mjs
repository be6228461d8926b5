import { once } from "node:events";
import { HEAD, listen } from "../../harness/listen.mjs";

const BATCH = 64;

// As fast as a hand gets it: 64 events that are already there, joined, one write. No live producer can
// be written so; it is what batching would have to reach.
export default {
  role: "limit",
  title: "res.write of 64 joined events",
  serve: (source) =>
    listen(async (_, res) => {
      res.writeHead(200, HEAD);
      res.flushHeaders();
      const contents = source.take();
      for (let i = 0; i < contents.length; i += BATCH) {
        let frames = "";
        const end = Math.min(i + BATCH, contents.length);
        for (let j = i; j < end; j++) {
          frames += `data: ${JSON.stringify({ type: "chunk", content: contents[j] })}\n\n`;
        }
        if (!res.write(frames)) await once(res, "drain");
      }
      res.end("data: [DONE]\n\n");
    }),
};
