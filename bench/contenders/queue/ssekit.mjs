import { loadServer } from "../../ssekit.mjs";

// As it comes, but for bounds wide enough for the burst: each item's bytes are counted.
export default {
  role: "ssekit",
  title: "AsyncEventQueue, bytes counted",
  load: () => loadQueues(),
};

/** The door of every ssekit queue contender; `options` are what its user would pass. */
export async function loadQueues(options = {}) {
  const { AsyncEventQueue } = await loadServer();
  const unbounded = {
    maxItems: Number.MAX_SAFE_INTEGER,
    maxBytes: Number.MAX_SAFE_INTEGER,
    highWaterMark: Number.MAX_SAFE_INTEGER,
    highWaterMarkBytes: Number.MAX_SAFE_INTEGER,
    ...options,
  };
  return {
    open() {
      const items = new AsyncEventQueue(unbounded);
      return { push: (item) => void items.push(item), close: () => items.close(), items };
    },
    bounded(limit) {
      const items = new AsyncEventQueue({ ...options, highWaterMark: limit });
      return {
        push(item) {
          items.push(item);
          return items.desiredSize > 0 ? undefined : items.ready;
        },
        close: () => items.close(),
        items,
      };
    },
  };
}
