import { once } from "node:events";
import { HEAD, listen } from "../../harness/listen.mjs";

export default {
  role: "reference",
  title: "res.write per event, by hand",
  serve: (source) =>
    listen(async (_, res) => {
      res.writeHead(200, HEAD);
      res.flushHeaders();
      for (const content of source.take()) {
        const frame = `data: ${JSON.stringify({ type: "chunk", content })}\n\n`;
        if (!res.write(frame)) await once(res, "drain");
      }
      res.end("data: [DONE]\n\n");
    }),
};
