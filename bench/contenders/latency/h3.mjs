import { listen } from "../../harness/listen.mjs";

export default {
  role: "peer",
  title: "h3 EventStream.push",
  packages: ["h3"],
  docs: "https://h3.dev/guide/advanced/websocket#server-sent-events-sse",
  async serve(source) {
    const { EventStream, H3 } = await import("h3");
    const { toNodeHandler } = await import("h3/node");
    const app = new H3();
    app.get("/", (event) => {
      const stream = new EventStream(event);
      void produce(stream, source);
      return stream;
    });
    return listen(toNodeHandler(app));
  },
};

async function produce(stream, source) {
  // Its head leaves with the first byte of the body.
  void stream.pushComment("open");
  await source.run((content) => stream.push({ data: JSON.stringify({ type: "chunk", content }) }));
  await stream.close();
}
