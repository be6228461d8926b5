import { fetchOnce } from "../../harness/responses.mjs";

export default {
  role: "peer",
  title: "eventsource-client, onMessage",
  packages: ["eventsource-client"],
  docs: "https://github.com/rexxars/eventsource-client#usage-onmessage-callback",
  async open() {
    const { createEventSource } = await import("eventsource-client");
    return (slices, onData) =>
      new Promise((resolve) => {
        const source = createEventSource({
          url: "http://localhost/events",
          fetch: fetchOnce(slices),
          onMessage: ({ data }) => onData(data),
          onDisconnect: () => resolve(source.close()),
        });
      });
  },
};
