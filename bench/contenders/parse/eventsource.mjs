import { fetchOnce } from "../../harness/responses.mjs";

export default {
  role: "peer",
  title: "eventsource, message listener",
  packages: ["eventsource"],
  docs: "https://github.com/EventSource/eventsource#advanced-http-options",
  async open() {
    const { EventSource } = await import("eventsource");
    return (slices, onData) =>
      new Promise((resolve) => {
        const source = new EventSource("http://localhost/events", { fetch: fetchOnce(slices) });
        source.addEventListener("message", ({ data }) => onData(data));
        // The standard says that a stream's end is an `error` event, followed by a reconnection.
        source.addEventListener("error", () => resolve(source.close()));
      });
  },
};
