import { setTimeout as sleep } from "node:timers/promises";
import { check } from "../harness/check.mjs";
import { startProcess } from "../harness/process.mjs";

const EVERY_MS = 1;
const WARM_UP_EVENTS = 2_000;
const EVENTS = 3_000;
/** The head has to be there before the first event, so that comes a while later. */
const SILENCE_MS = 100;

/**
 * One live stream at the pace of a fast model: how long an event is on its way to another process.
 *
 * A contender's door: `serve(source)` answers a listening `http.Server` (port 0). On each request it sends its head and
 * awaits `source.run(send)`, which calls `send(content)` once per millisecond, then ends the stream. What `send` answers is
 * waited for at the end alone: a live source cannot be held up. An event is JSON with that content.
 * `opening`: the comment that the body opens with, when it does.
 */
export default {
  roundsTimes: 2,
  checked: "every event, whole, in order; the head, and what the body opens with, came before it",
  columns: [
    { key: "p50", title: "p50 µs" },
    { key: "p99", title: "p99 µs" },
  ],
  scenarios: {
    p50: {
      title: "1,000 events/s: half of them are read within",
      unit: "µs",
      better: "lower",
      share: 0.5,
    },
    p99: {
      title: "1,000 events/s: 99 of 100 are read within",
      unit: "µs",
      better: "lower",
      share: 0.99,
    },
  },

  async measure(contender, { share }) {
    const server = await contender.serve({ run: runPaced });
    const reader = startProcess("timing-reader.mjs", [
      server.address().port,
      contender.opening ?? "",
    ]);
    try {
      const { failed, delays } = await reader.ask({});
      check(!failed, failed);
      const expected = WARM_UP_EVENTS + EVENTS;
      check(delays.length === expected, `${delays.length} of ${expected} events arrived`);
      const sorted = delays.slice(WARM_UP_EVENTS).toSorted((a, b) => a - b);
      const within = (part) => sorted[Math.ceil(part * sorted.length) - 1] / 1_000;
      return { value: within(share), extra: { p50: within(0.5), p99: within(0.99) } };
    } finally {
      reader.stop();
    }
  },
};

/** By schedule: a timer that fires late has the events that are due by then sent, so that the pace stays. */
async function runPaced(send) {
  await sleep(SILENCE_MS);
  await new Promise((resolve) => {
    const begin = performance.now();
    let sent = 0;
    let answer;
    const timer = setInterval(() => {
      const due = Math.floor((performance.now() - begin) / EVERY_MS);
      const until = Math.min(due, WARM_UP_EVENTS + EVENTS);
      while (sent < until) answer = send(`${sent++} ${process.hrtime.bigint()}`);
      if (sent < WARM_UP_EVENTS + EVENTS) return;
      clearInterval(timer);
      resolve(answer);
    }, EVERY_MS);
  });
}
