// The transform that the SDK's UI message stream responses run through. It sends JSON alone (so it
// has no text case) and closes with `data: [DONE]`, which is not an event and is left out here.
export default {
  role: "peer",
  title: "ai JsonToSseTransformStream",
  packages: ["ai"],
  docs: "https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol#data-stream-protocol",
  scenarios: ["token", "json", "unicode"],
  async open() {
    const { JsonToSseTransformStream } = await import("ai");
    return async (values, sink) => {
      const stream = ReadableStream.from(values)
        .pipeThrough(new JsonToSseTransformStream())
        .pipeThrough(new TextEncoderStream());
      let held;
      for await (const chunk of stream) {
        if (held) sink(held);
        held = chunk;
      }
    };
  },
};
