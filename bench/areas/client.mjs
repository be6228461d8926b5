import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { check } from "../harness/check.mjs";
import { BENCH } from "../harness/paths.mjs";
import { answerTotals } from "../harness/payloads.mjs";
import { median } from "../harness/stats.mjs";

const EVENTS = 61_000;
const WARM_UPS = 3;
const MEASURE_MS = 3_000;
const MOST_STREAMS = 9;

/**
 * From a response on the network to typed events in the application's hands: the server in a process of its own, the
 * client in this one.
 *
 * A contender's door: `open()` answers `read(url, onEvent)`, which calls `onEvent` with each parsed event, in order,
 * and resolves when the stream has ended. `validates: true` says that each event is checked by the union's schema.
 */
export default {
  roundsTimes: 2,
  checked: "every event once, in order, parsed; its text and figures add up to what was sent",
  scenarios: {
    parsed: { title: "20 MB, 61 k events of JSON, read by a loop", unit: "events/s" },
    validated: { title: "the same, each checked by a zod union", unit: "events/s" },
  },

  async measure(contender, scenario) {
    const read = await contender.open(scenario);
    const server = await startServer();
    try {
      for (let i = 0; i < WARM_UPS; i++) await readStream(read, server.url);
      const rates = [];
      const until = performance.now() + MEASURE_MS;
      while (rates.length < 3 || (rates.length < MOST_STREAMS && performance.now() < until)) {
        globalThis.gc();
        rates.push(EVENTS / (await readStream(read, server.url)));
      }
      return { value: median(rates) };
    } finally {
      server.process.kill();
    }
  },
};

/** @returns how many seconds it took, from the request to the end. */
async function readStream(read, url) {
  const { characters, sum } = answerTotals(EVENTS);
  let next = 0;
  let charactersRead = 0;
  let sumRead = 0;
  const start = performance.now();
  await read(url, (event) => {
    if (event.sequence !== next) check(false, `event ${next} came as event ${event.sequence}`);
    next++;
    charactersRead += event.content.length;
    sumRead += event.figures[0];
  });
  const seconds = (performance.now() - start) / 1000;
  check(next === EVENTS, `${next} of ${EVENTS} events came out`);
  check(charactersRead === characters && sumRead === sum, "an event came changed");
  return seconds;
}

async function startServer() {
  const child = fork(join(BENCH, "harness", "events-server.mjs"), [String(EVENTS)], {
    execArgv: [],
  });
  const [{ port }] = await once(child, "message");
  return { process: child, url: `http://127.0.0.1:${port}/` };
}
