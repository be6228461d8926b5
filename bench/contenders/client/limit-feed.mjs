// What a hand writes: fetch, the same parser, JSON.parse in its callback. No status, no type, no end is looked at.
export default {
  role: "limit",
  title: "fetch, feed and JSON.parse",
  packages: ["eventsource-parser"],
  async open() {
    const { createParser } = await import("eventsource-parser");
    return async (url, onEvent) => {
      const response = await fetch(url);
      const decoder = new TextDecoder();
      const parser = createParser({
        onEvent: ({ data }) => data !== "[DONE]" && onEvent(JSON.parse(data)),
      });
      for await (const bytes of response.body) parser.feed(decoder.decode(bytes, { stream: true }));
    };
  },
};
