import { toResponse } from "../../harness/responses.mjs";

export default {
  role: "peer",
  title: "eventsource-parser/stream",
  packages: ["eventsource-parser"],
  docs: "https://github.com/rexxars/eventsource-parser#stream-usage",
  async open() {
    const { EventSourceParserStream } = await import("eventsource-parser/stream");
    return async (slices, onData) => {
      const stream = toResponse(slices)
        .body.pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      for await (const event of stream) onData(event.data);
    };
  },
};
