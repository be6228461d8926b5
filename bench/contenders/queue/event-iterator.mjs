export default {
  role: "peer",
  title: "event-iterator",
  packages: ["event-iterator"],
  docs: "https://github.com/rolftimmermans/event-iterator#backpressure",
  async load() {
    const { EventIterator } = await import("event-iterator");
    return {
      open() {
        let queue;
        const source = new EventIterator((handle) => void (queue = handle), {
          highWaterMark: Number.POSITIVE_INFINITY,
        });
        // The listener runs when the iterator is made, so it is made before the first push.
        const iterator = source[Symbol.asyncIterator]();
        return {
          push: (item) => queue.push(item),
          close: () => queue.stop(),
          items: { [Symbol.asyncIterator]: () => iterator },
        };
      },
      bounded(limit) {
        let queue;
        let room;
        const source = new EventIterator(
          (handle) => {
            queue = handle;
            handle.on("highWater", () => (room = Promise.withResolvers()));
            handle.on("lowWater", () => {
              room?.resolve();
              room = undefined;
            });
          },
          { highWaterMark: limit, lowWaterMark: limit >> 1 },
        );
        const iterator = source[Symbol.asyncIterator]();
        return {
          push(item) {
            queue.push(item);
            return room?.promise;
          },
          close: () => queue.stop(),
          items: { [Symbol.asyncIterator]: () => iterator },
        };
      },
    };
  },
};
