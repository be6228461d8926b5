import { HEAD, listen } from "../../harness/listen.mjs";

export default {
  role: "limit",
  title: "res.write per event, by hand",
  serve: (source) =>
    listen(async (_, res) => {
      res.writeHead(200, HEAD);
      res.flushHeaders();
      await source.run((content) => {
        res.write(`data: ${JSON.stringify({ type: "chunk", content })}\n\n`);
      });
      res.end("data: [DONE]\n\n");
    }),
};
