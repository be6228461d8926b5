import { setTimeout as sleep } from "node:timers/promises";
import { check } from "../harness/check.mjs";

const STREAMS = 5_000;
const INTERVAL_MS = 5_000;
const MEASURE_MS = 5_000;
const TOUCHES_PER_SECOND = 10;
/** A stream that stays silent, at ssekit's default of 15 s. */
const BEATS_PER_HOUR = 240;
const MS_PER_HOUR = 3_600_000;
const WARM_UP = { streams: 500, intervalMs: 100, forMs: 1_000 };
/** How early a beat may come, and how late on a machine that is busy. */
const EARLY_SHARE = 1 / 16;
const LATE_MS = 250;

/**
 * What it costs to say after each silence that a stream still lives. Nothing is written: the timers alone are measured.
 *
 * A contender's door: `load()` answers `start(intervalMs, onBeat)`, which answers `{ touch(), stop() }`. `touch` says
 * that something was sent just now: the next beat is due a whole interval later.
 */
export default {
  checked: "silent: each stream beat in each interval, early by 1/16 at most; busy: no stream beat",
  scenarios: {
    silent: {
      title: "5,000 silent streams, a beat each 15 s: CPU of a stream-hour",
      unit: "ms/h",
      better: "lower",
      run: measureSilent,
    },
    together: {
      title: "the same, all of them fallen silent at once",
      unit: "ms/h",
      better: "lower",
      run: measureTogether,
    },
    busy: {
      title: "5,000 streams of 10 events/s, never silent: CPU of a stream-hour",
      unit: "ms/h",
      better: "lower",
      run: measureBusy,
    },
  },

  async measure(contender, scenario) {
    const start = await contender.load();
    await warmUp(start);
    return { value: await scenario.run(start) };
  },
};

/**
 * Streams that fell silent at different times, as they do: one each millisecond. At an interval of 15 s it is one each 3 ms,
 * so here as there each beat is alone in its millisecond. What a beat costs is measured, then taken as often as an hour has them.
 */
async function measureSilent(start) {
  const streams = new Streams(start);
  const begin = performance.now();
  while (streams.size < STREAMS) {
    await sleep(1);
    const due = Math.floor(((performance.now() - begin) / INTERVAL_MS) * STREAMS);
    while (streams.size < Math.min(due, STREAMS)) streams.add(INTERVAL_MS);
  }
  return costOfBeats(streams);
}

async function measureTogether(start) {
  const streams = new Streams(start);
  while (streams.size < STREAMS) streams.add(INTERVAL_MS);
  // The first beats of all lie in the middle of what is measured.
  await sleep(INTERVAL_MS / 2);
  return costOfBeats(streams);
}

async function costOfBeats(streams) {
  streams.forgetBeats();
  const cpuMs = await cpuOf(() => sleep(MEASURE_MS));
  const beats = streams.stop();
  check(beats >= STREAMS * (1 - EARLY_SHARE), `${beats} beats of ${STREAMS} streams came`);
  check(beats <= STREAMS * (1 + 2 * EARLY_SHARE), `${beats} beats of ${STREAMS} streams came`);
  return (cpuMs / beats) * BEATS_PER_HOUR;
}

/** Traffic is why a heartbeat is put off all the time. Every 100 ms each stream sends. */
async function measureBusy(start) {
  const streams = new Streams(start);
  while (streams.size < STREAMS) streams.add(INTERVAL_MS);
  const traffic = setInterval(() => streams.touch(), 1_000 / TOUCHES_PER_SECOND);
  await sleep(WARM_UP.forMs);
  const before = streams.touches;
  const cpuMs = await cpuOf(() => sleep(MEASURE_MS));
  const touched = streams.touches - before;
  clearInterval(traffic);
  const beats = streams.stop();
  check(beats === 0, `${beats} beats came though no stream was silent`);
  // By touches, not by time: a timer that drifts must not make the work less.
  return (cpuMs / touched) * TOUCHES_PER_SECOND * (MS_PER_HOUR / 1_000);
}

async function warmUp(start) {
  const streams = new Streams(start);
  while (streams.size < WARM_UP.streams) streams.add(WARM_UP.intervalMs);
  await sleep(WARM_UP.forMs);
  for (let i = 0; i < WARM_UP.intervalMs; i++) {
    streams.touch();
    await sleep(1);
  }
  streams.stop();
  globalThis.gc();
}

async function cpuOf(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Running heartbeats, and whether they beat when they should. */
class Streams {
  touches = 0;
  #start;
  #heartbeats = [];
  #lastAt = [];
  #beats = 0;
  #worst = 0;

  constructor(start) {
    this.#start = start;
  }

  get size() {
    return this.#heartbeats.length;
  }

  add(intervalMs) {
    const index = this.#heartbeats.length;
    this.#lastAt.push(performance.now());
    this.#heartbeats.push(this.#start(intervalMs, () => this.#onBeat(index, intervalMs)));
  }

  touch() {
    for (const heartbeat of this.#heartbeats) heartbeat.touch();
    this.touches += this.#heartbeats.length;
  }

  forgetBeats() {
    this.#beats = 0;
    this.#worst = 0;
  }

  /** @returns How many beats came since {@link forgetBeats}. */
  stop() {
    for (const heartbeat of this.#heartbeats) heartbeat.stop();
    check(this.#worst <= LATE_MS, `a beat came ${Math.round(this.#worst)} ms late or too early`);
    return this.#beats;
  }

  #onBeat(index, intervalMs) {
    const now = performance.now();
    const silence = now - this.#lastAt[index];
    const tooEarly = intervalMs * (1 - EARLY_SHARE) - 2 - silence;
    this.#worst = Math.max(
      this.#worst,
      silence - intervalMs,
      tooEarly > 0 ? LATE_MS + tooEarly : 0,
    );
    this.#lastAt[index] = now;
    this.#beats++;
  }
}
