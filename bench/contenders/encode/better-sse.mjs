// It serialises to JSON, on one line: there is no text case.
export default {
  role: "peer",
  title: "better-sse EventBuffer",
  packages: ["better-sse"],
  docs: "https://matthewwid.github.io/better-sse/reference/api/#eventbuffer",
  scenarios: ["token", "json", "unicode"],
  async open() {
    const { createEventBuffer } = await import("better-sse");
    // `data` + `dispatch` writes the data field alone; `push` would add an event name and a random id.
    const buffer = createEventBuffer();
    return (values, sink) => {
      for (const value of values) {
        sink(Buffer.from(buffer.data(value).dispatch().read()));
        buffer.clear();
      }
    };
  },
};
