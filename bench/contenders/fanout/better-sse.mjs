import { listen } from "../../harness/listen.mjs";

export default {
  role: "peer",
  title: "better-sse channel.broadcast",
  packages: ["better-sse"],
  docs: "https://matthewwid.github.io/better-sse/guides/channels/",
  async serve() {
    const { createChannel, createSession } = await import("better-sse");
    const channel = createChannel();
    const server = await listen(async (req, res) => {
      channel.register(await createSession(req, res));
    });
    return { server, publish: (content) => channel.broadcast({ type: "chunk", content }) };
  },
};
