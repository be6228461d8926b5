import { HEAD, listen } from "../../harness/listen.mjs";

export default {
  role: "limit",
  title: "one Buffer, res.write for each",
  async serve() {
    const readers = new Set();
    const server = await listen((_, res) => {
      res.writeHead(200, HEAD);
      res.flushHeaders();
      readers.add(res);
      res.on("close", () => readers.delete(res));
    });
    const publish = (content) => {
      const frame = Buffer.from(`data: ${JSON.stringify({ type: "chunk", content })}\n\n`);
      for (const res of readers) res.write(frame);
    };
    return { server, publish };
  },
};
