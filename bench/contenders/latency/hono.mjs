import { once } from "node:events";

export default {
  role: "peer",
  title: "hono streamSSE on its Node server",
  packages: ["hono", "@hono/node-server"],
  docs: "https://hono.dev/docs/helpers/streaming#streamsse",
  async serve(source) {
    const { Hono } = await import("hono");
    const { streamSSE } = await import("hono/streaming");
    const { serve } = await import("@hono/node-server");
    const app = new Hono();
    app.get("/", (c) =>
      streamSSE(c, (stream) =>
        source.run((content) =>
          stream.writeSSE({ data: JSON.stringify({ type: "chunk", content }) }),
        ),
      ),
    );
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    if (!server.listening) await once(server, "listening");
    return server;
  },
};
