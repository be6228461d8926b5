import { listen } from "../../harness/listen.mjs";

export default {
  role: "peer",
  title: "tRPC subscription, async generator",
  packages: ["@trpc/server"],
  docs: "https://trpc.io/docs/server/subscriptions",
  async serve() {
    const { initTRPC } = await import("@trpc/server");
    const { createHTTPHandler } = await import("@trpc/server/adapters/standalone");
    const t = initTRPC.create();
    const router = t.router({
      // eslint-disable-next-line require-yield -- it waits for what never comes
      events: t.procedure.subscription(async function* ({ signal }) {
        await new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }),
    });
    const handler = createHTTPHandler({ router });
    return listen((req, res) => {
      // The readers ask for `/`; a tRPC procedure is asked for by its name.
      req.url = "/events";
      handler(req, res);
    });
  },
};
