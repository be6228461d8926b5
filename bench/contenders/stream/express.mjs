import { once } from "node:events";
import { HEAD, listen } from "../../harness/listen.mjs";

export default {
  role: "reference",
  title: "Express res.write per event",
  packages: ["express"],
  docs: "https://expressjs.com/en/5x/api.html#res",
  async serve(source) {
    const { default: express } = await import("express");
    const app = express();
    app.get("/", async (_, res) => {
      res.writeHead(200, HEAD);
      res.flushHeaders();
      for (const content of source.take()) {
        const frame = `data: ${JSON.stringify({ type: "chunk", content })}\n\n`;
        if (!res.write(frame)) await once(res, "drain");
      }
      res.end("data: [DONE]\n\n");
    });
    return listen(app);
  },
};
