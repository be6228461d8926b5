export default {
  role: "peer",
  title: "eventsource-client and JSON.parse",
  packages: ["eventsource-client"],
  docs: "https://github.com/rexxars/eventsource-client#usage-async-iterator",
  scenarios: ["parsed"],
  async open() {
    const { createEventSource } = await import("eventsource-client");
    return async (url, onEvent) => {
      const source = createEventSource(url);
      for await (const { data } of source) {
        if (data === "[DONE]") break;
        onEvent(JSON.parse(data));
      }
      source.close();
    };
  },
};
