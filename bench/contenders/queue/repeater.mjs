// Without a buffer at most 1,024 pushes may wait, so the burst gets one that is large enough.
export default {
  role: "peer",
  title: "@repeaterjs/repeater",
  packages: ["@repeaterjs/repeater"],
  docs: "https://repeater.js.org/docs/overview",
  async load() {
    const { FixedBuffer, Repeater } = await import("@repeaterjs/repeater");
    const create = (capacity) => {
      let producer;
      const items = new Repeater((push, stop) => {
        producer = { push, stop };
      }, new FixedBuffer(capacity));
      // The executor runs at the first `next()`: what comes before waits here for it.
      const iterator = items[Symbol.asyncIterator]();
      const first = iterator.next();
      let firstTaken = false;
      return {
        push: (item) => producer.push(item),
        close: () => producer.stop(),
        items: {
          [Symbol.asyncIterator]: () => ({
            next() {
              if (firstTaken) return iterator.next();
              firstTaken = true;
              return first;
            },
          }),
        },
      };
    };
    return { open: create, bounded: create };
  },
};
