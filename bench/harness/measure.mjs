import { median } from "./stats.mjs";

const WARM_UP_MS = 200;
const MEASURE_MS = 400;
const WANTED_PASSES = 3;

/**
 * The rate of `pass`, which does its work once and returns how many items that was. Passes are
 * repeated for a while, first unmeasured so that the compiler has settled; the rate is their median.
 */
export async function measureRate(pass) {
  await repeat(pass, WARM_UP_MS, 1);
  globalThis.gc();
  return median(await repeat(pass, MEASURE_MS, WANTED_PASSES));
}

/** For `forMs`, and for longer when that was too short for the passes wanted; never more than thrice. */
async function repeat(pass, forMs, wantedPasses) {
  const rates = [];
  const begin = performance.now();
  const isEnough = (elapsed) =>
    elapsed >= forMs && (rates.length >= wantedPasses || elapsed >= 3 * forMs);
  do {
    const start = performance.now();
    const outcome = pass();
    // A synchronous contender must not pay for a promise that it never asked for.
    const items = typeof outcome === "number" ? outcome : await outcome;
    rates.push(items / ((performance.now() - start) / 1000));
  } while (!isEnough(performance.now() - begin));
  return rates;
}
