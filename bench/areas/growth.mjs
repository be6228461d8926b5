import { check } from "../harness/check.mjs";
import { bytesPerConnection } from "../harness/connections.mjs";
import { measureRate } from "../harness/measure.mjs";
import { createSource, rateOfStreams, startReader } from "../harness/one-stream.mjs";

const STREAMS = { warmUps: 2, streams: 5 };
/** A frame's text beside its content. */
const FRAME = 40;
const CONNECTIONS = [100, 1_000, 5_000, 10_000];
/** Of larger events fewer are sent: what a reader keeps until it verifies has an end. */
const EVENTS = { 40: 200_000, 400: 100_000, 4_000: 20_000, 40_000: 2_000 };
const BACKLOGS = [1_000, 10_000, 100_000, 1_000_000];

/**
 * How cost grows with the number of connections, the size of an event and the length of a backlog: one scenario for each
 * point, named after it.
 *
 * A contender's doors are those of other areas: `connections` and `opening` are `serve` and `opening` of area idle, `stream` is
 * `serve` of area stream, `queue` is `load` of area queue.
 */
export default {
  checked: "as in the areas idle, stream and queue",
  columns: [{ key: "rssBytes", title: "rss B" }],
  scenarios: {
    ...Object.fromEntries(CONNECTIONS.map(connectionsPoint)),
    ...Object.fromEntries(Object.entries(EVENTS).map(eventPoint)),
    ...Object.fromEntries(BACKLOGS.map(backlogPoint)),
  },

  measure(contender, scenario) {
    return scenario.run(contender, scenario);
  },
};

function connectionsPoint(count) {
  const title = `${count.toLocaleString("en")} silent streams: memory of the server for each`;
  const point = { title, unit: "B/stream", better: "lower", run: measureConnections, count };
  return [`connections-${count}`, point];
}

function eventPoint([bytes, count]) {
  const title = `events of ${Number(bytes).toLocaleString("en")} B through one response`;
  const length = Math.max(0, bytes - FRAME);
  return [`event-${bytes}`, { title, unit: "events/s", run: measureStream, count, length }];
}

function backlogPoint(count) {
  const title = `a queue in which ${count.toLocaleString("en")} items wait, then none: time of each`;
  return [
    `backlog-${count}`,
    { title, unit: "ns/item", better: "lower", run: measureBacklog, count },
  ];
}

async function measureConnections({ connections, opening }, { count }) {
  const { usedBytes, rssBytes } = await bytesPerConnection(await connections(), count, opening);
  return { value: usedBytes, extra: { rssBytes } };
}

async function measureStream(contender, { count, length }) {
  const source = createSource();
  const server = await contender.stream(source);
  const reader = startReader(server.address().port);
  try {
    const stream = async () => {
      source.fill(count, length);
      globalThis.gc();
      const { lastByteAt } = await reader.read(count, length);
      return Number(lastByteAt - source.startedAt) / 1e9;
    };
    return { value: await rateOfStreams(stream, count, STREAMS) };
  } finally {
    reader.stop();
  }
}

async function measureBacklog(contender, { count }) {
  const { open } = await contender.queue();
  // A type that a queue of ssekit may neither join with its neighbour nor replace.
  const items = Array.from({ length: count }, (_, sequence) => ({ type: "result", sequence }));
  const rate = await measureRate(() => fillAndDrain(open(count), items));
  return { value: 1e9 / rate };
}

async function fillAndDrain(queue, items) {
  for (const item of items) queue.push(item);
  queue.close();
  let next = 0;
  for await (const item of queue.items) {
    if (item.sequence !== next) check(false, `item ${next} came as item ${item.sequence}`);
    next++;
  }
  check(next === items.length, `${next} of ${items.length} items came out`);
  return items.length;
}
