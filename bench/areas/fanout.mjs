import { setTimeout as sleep } from "node:timers/promises";
import { check } from "../harness/check.mjs";
import { tokenContents } from "../harness/payloads.mjs";
import { startProcess } from "../harness/process.mjs";

/** A server runs for days: what each event costs besides its deliveries is compiled by then. */
const WARM_UPS = 100;
const WARM_UP_EVERY_MS = 20;
const EVENTS = 30;
const EVERY_MS = 100;
/** With its frame an event is about 200 bytes. */
const CONTENT_LENGTH = 165;

/**
 * One event for many readers, as a board of prices has it: what a delivery costs the server's processor.
 *
 * A contender's door: `serve()` answers a listening `http.Server` (port 0), whose every request is a reader, and
 * `publish(content)`, which tells all of them one event with that text in it.
 */
export default {
  checked: "every reader has the head, and every event once, in order, whole",
  scenarios: {
    c1000: {
      title: "one event of 200 B for 1,000 readers: processor time for each delivery",
      unit: "µs",
      better: "lower",
      readers: 1_000,
    },
    c5000: {
      title: "one event of 200 B for 5,000 readers: processor time for each delivery",
      unit: "µs",
      better: "lower",
      readers: 5_000,
      timeLimitMs: 120_000,
    },
  },

  async measure(contender, { readers: count }) {
    const { server, publish } = await contender.serve();
    const readers = startProcess("fanout-readers.mjs", [server.address().port]);
    try {
      const { failed, open } = await readers.ask({ open: count });
      check(!failed, failed);
      check(open === count, `${open} readers are connected instead of ${count}`);
      const contents = tokenContents(WARM_UPS + EVENTS, CONTENT_LENGTH);
      const tell = async (from, to, everyMs) => {
        for (const content of contents.slice(from, to)) {
          publish(content);
          await sleep(everyMs);
        }
        const told = await readers.ask({ told: to });
        check(!told.failed, told.failed);
        return told;
      };
      await tell(0, WARM_UPS, WARM_UP_EVERY_MS);
      globalThis.gc();
      const before = process.cpuUsage();
      await tell(WARM_UPS, WARM_UPS + EVENTS, EVERY_MS);
      const { user, system } = process.cpuUsage(before);
      return { value: (user + system) / (EVENTS * count) };
    } finally {
      readers.stop();
    }
  },
};
