import { check } from "../harness/check.mjs";
import { measureRate } from "../harness/measure.mjs";

const BURST = 1_000_000;
const EXCHANGES = 100_000;
const BOUNDED = 300_000;
const BOUND = 64;
const SHORT_BACKLOG = 12_500;
const LONG_BACKLOG = 100_000;

/**
 * From a producer to one async iterator.
 *
 * A contender's doors, each answers `{ push(item), close(), items: AsyncIterable }`:
 * `open()`: unbounded, or with room for the burst. `push` takes at once.
 * `bounded(limit)`: holds about `limit` items. `push` answers a promise when the producer has to wait.
 * A contender without the second door has no backpressure to measure.
 */
export default {
  roundsTimes: 2,
  checked: "every item once, in order; the bounded queue never held more than twice its bound",
  columns: [{ key: "bytesPerItem", title: "B/item" }],
  scenarios: {
    burst: {
      title: "burst: 1 M pushed, then drained",
      unit: "items/s",
      // Some need minutes for what takes others a tenth of a second: their cost grows with the backlog.
      timeLimitMs: 15_000,
      run: measureBurst,
    },
    pingpong: {
      title: "ping-pong: one item there, one back",
      unit: "trips/s",
      run: measurePingPong,
    },
    bounded: {
      title: `backpressure: bound of ${BOUND}, 300 k items`,
      unit: "items/s",
      run: measureBounded,
    },
    backlog: {
      title: "backlog 12.5 k to 100 k: cost of an item grows by (1 is linear)",
      unit: "×",
      better: "lower",
      run: measureBacklog,
    },
  },

  async measure(contender, scenario) {
    const opened = await contender.load();
    return scenario.run(opened);
  },
};

async function measureBurst({ open }) {
  const items = makeItems(BURST);
  const value = await measureRate(() => fillAndDrain(open(BURST), items));
  return { value, extra: { bytesPerItem: await bytesPerWaitingItem(open(BURST), items) } };
}

async function fillAndDrain(queue, items) {
  for (let i = 0; i < items.length; i++) queue.push(items[i]);
  queue.close();
  await drain(queue, items.length);
  return items.length;
}

async function drain(queue, count) {
  let next = 0;
  for await (const item of queue.items) {
    if (item.sequence !== next) check(false, `item ${next} came as item ${item.sequence}`);
    next++;
  }
  check(next === count, `${next} of ${count} items came out`);
}

/** The items themselves exist before: what is counted is what a queue keeps beside each. */
async function bytesPerWaitingItem(queue, items) {
  globalThis.gc();
  const before = memoryInUse();
  for (let i = 0; i < items.length; i++) queue.push(items[i]);
  globalThis.gc();
  const bytes = (memoryInUse() - before) / items.length;
  queue.close();
  await drain(queue, items.length);
  return bytes;
}

function memoryInUse() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function measurePingPong({ open }) {
  const items = makeItems(EXCHANGES);
  return { value: await measureRate(() => exchange(open(16), open(16), items)) };
}

async function exchange(there, back, items) {
  const echoed = echo(there, back);
  const replies = back.items[Symbol.asyncIterator]();
  for (let i = 0; i < items.length; i++) {
    there.push(items[i]);
    const { value } = await replies.next();
    if (value?.sequence !== i) check(false, `the answer to item ${i} was ${value?.sequence}`);
  }
  there.close();
  await echoed;
  check((await replies.next()).done, "the queue did not end");
  return items.length;
}

async function echo(there, back) {
  for await (const item of there.items) back.push(item);
  back.close();
}

async function measureBounded({ bounded }) {
  const items = makeItems(BOUNDED);
  return { value: await measureRate(() => throughBound(bounded(BOUND), items)) };
}

async function throughBound(queue, items) {
  let pushed = 0;
  let taken = 0;
  let mostHeld = 0;
  const produced = produce();
  for await (const item of queue.items) {
    if (item.sequence !== taken) check(false, `item ${taken} came as item ${item.sequence}`);
    if (pushed - taken > mostHeld) mostHeld = pushed - taken;
    taken++;
  }
  await produced;
  check(taken === items.length, `${taken} of ${items.length} items came out`);
  check(mostHeld <= 2 * BOUND, `${mostHeld} items were held, the bound was ${BOUND}`);
  return items.length;

  async function produce() {
    while (pushed < items.length) {
      const room = queue.push(items[pushed++]);
      if (room) await room;
    }
    queue.close();
  }
}

/** How much dearer an item gets when eight times as many wait: 1 when the cost is linear. */
async function measureBacklog({ open }) {
  const short = makeItems(SHORT_BACKLOG);
  const long = makeItems(LONG_BACKLOG);
  const shortRate = await measureRate(() => fillAndDrain(open(SHORT_BACKLOG), short));
  const longRate = await measureRate(() => fillAndDrain(open(LONG_BACKLOG), long));
  return { value: shortRate / longRate };
}

/** `result` is a type that a queue of ssekit may neither join with its neighbour nor replace. */
function makeItems(count) {
  return Array.from({ length: count }, (_, sequence) => ({ type: "result", sequence }));
}
