import { listen } from "../../harness/listen.mjs";

// `push` answers nothing to wait for, so the loop is let breathe now and then, as a model's tokens would.
const BREATH = 64;

export default {
  role: "peer",
  title: "better-sse session.push",
  packages: ["better-sse"],
  docs: "https://matthewwid.github.io/better-sse/guides/getting-started/",
  async serve(source) {
    const { createSession } = await import("better-sse");
    return listen(async (req, res) => {
      const session = await createSession(req, res);
      let sent = 0;
      for (const content of source.take()) {
        session.push({ type: "chunk", content });
        if (++sent % BREATH === 0) await new Promise(setImmediate);
      }
      res.end();
    });
  },
};
