// The platform's own queue, as most SSE servers on fetch hosts use it.
export default {
  role: "peer",
  title: "ReadableStream of Node",
  docs: "https://streams.spec.whatwg.org/#example-rs-push-no-backpressure",
  load() {
    return {
      open() {
        let controller;
        const items = new ReadableStream({ start: (value) => void (controller = value) });
        return { push: (item) => controller.enqueue(item), close: () => controller.close(), items };
      },
      bounded(limit) {
        let controller;
        let room;
        const source = {
          start: (value) => void (controller = value),
          pull() {
            room?.resolve();
            room = undefined;
          },
        };
        const items = new ReadableStream(source, { highWaterMark: limit });
        return {
          push(item) {
            controller.enqueue(item);
            if (controller.desiredSize > 0) return undefined;
            room ??= Promise.withResolvers();
            return room.promise;
          },
          close: () => controller.close(),
          items,
        };
      },
    };
  },
};
