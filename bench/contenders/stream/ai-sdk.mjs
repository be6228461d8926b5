import { listen } from "../../harness/listen.mjs";

// `write` answers nothing to wait for, so the loop is let breathe now and then, as a model's tokens would.
const BREATH = 64;

export default {
  role: "peer",
  title: "ai pipeUIMessageStreamToResponse",
  packages: ["ai"],
  docs: "https://ai-sdk.dev/docs/reference/ai-sdk-ui/create-ui-message-stream",
  contentKey: "delta",
  async serve(source) {
    const { createUIMessageStream, pipeUIMessageStreamToResponse } = await import("ai");
    return listen((_, response) => {
      const stream = createUIMessageStream({
        async execute({ writer }) {
          writer.write({ type: "text-start", id: "t" });
          let sent = 0;
          for (const delta of source.take()) {
            writer.write({ type: "text-delta", id: "t", delta });
            if (++sent % BREATH === 0) await new Promise(setImmediate);
          }
          writer.write({ type: "text-end", id: "t" });
        },
      });
      void pipeUIMessageStreamToResponse({ response, stream });
    });
  },
};
