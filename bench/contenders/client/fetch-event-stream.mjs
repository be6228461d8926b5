export default {
  role: "peer",
  title: "fetch-event-stream and JSON.parse",
  packages: ["fetch-event-stream"],
  docs: "https://github.com/lukeed/fetch-event-stream#streamurl-options",
  scenarios: ["parsed"],
  async open() {
    const { stream } = await import("fetch-event-stream");
    return async (url, onEvent) => {
      for await (const { data } of await stream(url)) {
        if (data !== "[DONE]") onEvent(JSON.parse(data));
      }
    };
  },
};
