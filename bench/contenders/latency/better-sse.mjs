import { listen } from "../../harness/listen.mjs";

export default {
  role: "peer",
  title: "better-sse session.push",
  packages: ["better-sse"],
  docs: "https://matthewwid.github.io/better-sse/guides/getting-started/",
  async serve(source) {
    const { createSession } = await import("better-sse");
    return listen(async (req, res) => {
      const session = await createSession(req, res);
      await source.run((content) => session.push({ type: "chunk", content }));
      res.end();
    });
  },
};
