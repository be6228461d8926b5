import { listen } from "../../harness/listen.mjs";

const BATCH = 64;

// The caller gathers 64 events first, which a live source of tokens cannot: shown, not a peer's figure.
export default {
  role: "reference",
  title: "better-sse session.batch of 64",
  packages: ["better-sse"],
  docs: "https://matthewwid.github.io/better-sse/guides/batching/",
  async serve(source) {
    const { createSession } = await import("better-sse");
    return listen(async (req, res) => {
      const session = await createSession(req, res);
      const contents = source.take();
      for (let i = 0; i < contents.length; i += BATCH) {
        await session.batch((buffer) => {
          for (const content of contents.slice(i, i + BATCH)) {
            buffer.data({ type: "chunk", content }).dispatch();
          }
        });
        await new Promise(setImmediate);
      }
      res.end();
    });
  },
};
