import { loadClient, loadServer } from "../../ssekit.mjs";

export default {
  role: "ssekit",
  title: "connect, for await",
  packages: ["zod"],
  async open({ id }) {
    const { connect } = await loadClient();
    const events = id === "validated" ? await checkedEvents() : undefined;
    return async (url, onEvent) => {
      const stream = connect(url, { events });
      for await (const event of stream) onEvent(event);
    };
  },
};

async function checkedEvents() {
  const { defineEvents } = await loadServer();
  const { z } = await import("zod");
  const { answerSchema, statusSchema, resultSchema } = await import("../../harness/schemas.mjs");
  const parts = { chunk: answerSchema(z), status: statusSchema(z), result: resultSchema(z) };
  return defineEvents(parts);
}
