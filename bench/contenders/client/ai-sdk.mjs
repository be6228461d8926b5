// The typed reader of its transports: each event is checked by a schema, or by one that lets everything pass.
export default {
  role: "peer",
  title: "ai parseJsonEventStream",
  packages: ["ai", "zod"],
  docs: "https://ai-sdk.dev/docs/reference/ai-sdk-core/parse-json-event-stream",
  async open({ id }) {
    const { parseJsonEventStream } = await import("ai");
    const { z } = await import("zod");
    const { unionSchema } = await import("../../harness/schemas.mjs");
    const schema = id === "validated" ? unionSchema(z) : z.any();
    return async (url, onEvent) => {
      const { body } = await fetch(url);
      const stream = parseJsonEventStream({ stream: body, schema });
      for await (const { success, value, error } of stream) {
        if (!success) throw error;
        onEvent(value);
      }
    };
  },
};
