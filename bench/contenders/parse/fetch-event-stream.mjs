import { toResponse } from "../../harness/responses.mjs";

export default {
  role: "peer",
  title: "fetch-event-stream, for await",
  packages: ["fetch-event-stream"],
  docs: "https://github.com/lukeed/fetch-event-stream#eventsres-signal",
  async open() {
    const { events } = await import("fetch-event-stream");
    return async (slices, onData) => {
      for await (const event of events(toResponse(slices))) onData(event.data);
    };
  },
};
