import { setTimeout as sleep } from "node:timers/promises";
import { check } from "../harness/check.mjs";
import { tokenContents } from "../harness/payloads.mjs";
import { startProcess } from "../harness/process.mjs";

const WARM_UP_MS = 1_000;
const MEASURE_MS = 3_000;

/**
 * Many streams at the pace of a model: what an event costs the server's processor when it comes alone, as most do. No burst
 * can be joined here, so that each event is a write of its own.
 *
 * A contender's door is that of area latency: `serve(source)` answers a listening `http.Server` (port 0), which awaits
 * `source.run(send)` for each request.
 */
export default {
  checked: "every stream has its head, every event, in order, and its end",
  columns: [{ key: "share", title: "% of core" }],
  scenarios: {
    alone: {
      title: "200 streams of 50 events/s each: processor time for each",
      unit: "µs/event",
      better: "lower",
      streams: 200,
      everyMs: 20,
    },
  },

  async measure(contender, { streams, everyMs }) {
    const source = createSource(everyMs);
    const server = await contender.serve(source);
    const readers = startProcess("pace-readers.mjs", [server.address().port]);
    try {
      const answered = readers.ask({ streams });
      await Promise.race([source.hasBegun(streams), answered]);
      await sleep(WARM_UP_MS);
      const cost = await source.costOf(() => sleep(MEASURE_MS));
      const sent = await source.end();
      const { failed, events } = await answered;
      check(!failed, failed);
      check(events === sent, `${events} of ${sent} events arrived`);
      return { value: cost.micros / cost.events, extra: { share: cost.micros / MEASURE_MS / 10 } };
    } finally {
      readers.stop();
    }
  },
};

/** Sends every stream its next event every so often, by one timer: what the source costs is as little as can be. */
function createSource(everyMs) {
  const streams = new Set();
  const contents = tokenContents(1_000);
  let events = 0;
  const timer = setInterval(() => {
    for (const stream of streams) {
      stream.answer = stream.send(contents[stream.next++ % contents.length]);
      events++;
    }
  }, everyMs);
  return {
    run: (send) =>
      new Promise((resolve) => {
        streams.add({ send, next: 0, answer: undefined, resolve });
      }),
    async hasBegun(count) {
      while (streams.size < count) await sleep(10);
    },
    async costOf(work) {
      const before = { events, cpu: process.cpuUsage() };
      await work();
      const { user, system } = process.cpuUsage(before.cpu);
      return { events: events - before.events, micros: user + system };
    },
    async end() {
      clearInterval(timer);
      for (const { resolve, answer } of streams) resolve(answer);
      return events;
    },
  };
}
