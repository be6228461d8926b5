export default {
  role: "peer",
  title: "eventsource-parser feed",
  packages: ["eventsource-parser"],
  docs: "https://github.com/rexxars/eventsource-parser#usage",
  async open() {
    const { createParser } = await import("eventsource-parser");
    return (slices, onData) => {
      const decoder = new TextDecoder();
      const parser = createParser({ onEvent: (event) => onData(event.data) });
      for (const slice of slices) parser.feed(decoder.decode(slice, { stream: true }));
    };
  },
};
