import { check } from "../harness/check.mjs";
import { tokenContents } from "../harness/payloads.mjs";
import { startRedis } from "../harness/redis.mjs";

const WARM_UP = 2_000;

/**
 * A run that is recorded in Redis while it is told, and followed in the same process: a server of its own for each
 * contender, started for it and gone with it.
 *
 * A contender's door: `open(url)` answers `run(contents, followers)`, which records one event for each text, in order,
 * has each follower read all of them from the store, and resolves with a function for each follower that answers what it
 * got: its events' texts, joined. It is called when the clock has stopped: taking frames apart is not what is measured.
 * And `close()`.
 */
export default {
  checked: "every follower gets every event once, in order",
  columns: [
    { key: "commands", title: "cmd/evt", digits: 2 },
    { key: "connections", title: "conns" },
  ],
  isThere: startRedis.isThere,
  scenarios: Object.fromEntries(
    [
      [0, 60_000, "recorded in Redis, nobody follows"],
      [1, 60_000, "recorded in Redis and followed by 1 reader"],
      [10, 60_000, "recorded in Redis and followed by 10 readers of one process"],
      [100, 6_000, "recorded in Redis and followed by 100 readers of one process"],
    ].map(([followers, events, title]) => [
      `f${followers}`,
      { title, unit: "events/s", followers, events, timeLimitMs: 120_000 },
    ]),
  ),

  async measure(contender, { followers, events }) {
    const redis = await startRedis();
    const { run, close } = await contender.open(redis.url);
    try {
      await tell(run, WARM_UP, followers);
      await redis.resetCounts();
      globalThis.gc();
      const seconds = await tell(run, events, followers);
      const { commands, connections } = await redis.counts();
      return { value: events / seconds, extra: { commands: commands / events, connections } };
    } finally {
      await close();
      await redis.stop();
    }
  },
};

/** @returns how many seconds it took until the last follower had the last event. */
async function tell(run, count, followers) {
  const contents = tokenContents(count);
  const start = performance.now();
  const got = await run(contents, followers);
  const seconds = (performance.now() - start) / 1000;
  check(got.length === followers, `${got.length} followers answered`);
  const whole = contents.join("");
  for (const text of got) check(text() === whole, "a follower got something else");
  return seconds;
}
