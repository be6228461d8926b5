// Its client wants a browser's `window`, so its parsing stages are called as that client calls them.
export default {
  role: "peer",
  title: "microsoft fetch-event-source",
  packages: ["@microsoft/fetch-event-source"],
  docs: "https://github.com/Azure/fetch-event-source#usage",
  async open() {
    const { default: stages } = await import("@microsoft/fetch-event-source/lib/cjs/parse.js");
    return (slices, onData) => {
      const ignore = () => {};
      const feed = stages.getLines(stages.getMessages(ignore, ignore, ({ data }) => onData(data)));
      for (const slice of slices) feed(slice);
    };
  },
};
