import { listen } from "../../harness/listen.mjs";

export default {
  role: "peer",
  title: "h3 EventStream",
  packages: ["h3"],
  docs: "https://h3.dev/guide/advanced/websocket#server-sent-events-sse",
  opening: ": open\n\n",
  async serve() {
    const { EventStream, H3 } = await import("h3");
    const { toNodeHandler } = await import("h3/node");
    const app = new H3();
    app.get("/", (event) => {
      const stream = new EventStream(event);
      // Its head leaves with the first byte of the body.
      void stream.pushComment("open");
      return stream;
    });
    return listen(toNodeHandler(app));
  },
};
