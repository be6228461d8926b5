import { EventEmitter, on } from "node:events";
import { listen } from "../../harness/listen.mjs";

export default {
  role: "peer",
  title: "tRPC subscription on an emitter",
  packages: ["@trpc/server"],
  docs: "https://trpc.io/docs/server/subscriptions",
  async serve(source) {
    const { initTRPC } = await import("@trpc/server");
    const { createHTTPHandler } = await import("@trpc/server/adapters/standalone");
    const t = initTRPC.create();
    const router = t.router({
      events: t.procedure.subscription(async function* ({ signal }) {
        const emitter = new EventEmitter();
        const events = on(emitter, "add", { signal, close: ["end"] });
        void source.run((content) => emitter.emit("add", content)).then(() => emitter.emit("end"));
        for await (const [content] of events) yield { type: "chunk", content };
      }),
    });
    const handler = createHTTPHandler({ router });
    return listen((req, res) => {
      // The reader asks for `/`; a tRPC procedure is asked for by its name.
      req.url = "/events";
      handler(req, res);
    });
  },
};
