export default {
  role: "peer",
  title: "it-pushable",
  packages: ["it-pushable"],
  docs: "https://github.com/alanshaw/it-pushable#readme",
  async load() {
    const { pushable } = await import("it-pushable");
    return {
      open() {
        const items = pushable({ objectMode: true });
        return { push: (item) => void items.push(item), close: () => items.end(), items };
      },
      // Its documented way to wait: `onEmpty`. So it fills up to the bound, then drains to nothing.
      bounded(limit) {
        const items = pushable({ objectMode: true });
        return {
          push(item) {
            items.push(item);
            return items.readableLength < limit ? undefined : items.onEmpty();
          },
          close: () => items.end(),
          items,
        };
      },
    };
  },
};
