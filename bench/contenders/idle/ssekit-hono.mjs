import { once } from "node:events";
import { loadHono } from "../../ssekit.mjs";
import { OPENING, waitForWork } from "./ssekit.mjs";

export default {
  role: "ssekit",
  title: "streamEvents on Hono's Node server",
  packages: ["hono", "@hono/node-server"],
  opening: OPENING,
  async serve() {
    const { streamEvents } = await loadHono();
    const { Hono } = await import("hono");
    const { serve } = await import("@hono/node-server");
    const app = new Hono();
    app.get("/", (c) => streamEvents(c, waitForWork));
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    if (!server.listening) await once(server, "listening");
    return server;
  },
};
