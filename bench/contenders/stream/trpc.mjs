import { listen } from "../../harness/listen.mjs";

export default {
  role: "peer",
  title: "tRPC subscription, async generator",
  packages: ["@trpc/server"],
  docs: "https://trpc.io/docs/server/subscriptions",
  async serve(source) {
    const { initTRPC } = await import("@trpc/server");
    const { createHTTPHandler } = await import("@trpc/server/adapters/standalone");
    const t = initTRPC.create();
    const router = t.router({
      tokens: t.procedure.subscription(async function* () {
        for (const content of source.take()) yield { type: "chunk", content };
      }),
    });
    const handler = createHTTPHandler({ router });
    return listen((req, res) => {
      // The reader asks for `/`; a tRPC procedure is asked for by its name.
      req.url = "/tokens";
      handler(req, res);
    });
  },
};
