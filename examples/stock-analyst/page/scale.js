/** Scales of the plot: numbers in, pixels and ticks out. */

const STEPS = [1, 2, 2.5, 5, 10];

/**
 * Round values inside a range.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} wanted - About how many.
 */
export function niceTicks(low, high, wanted) {
  const rough = (high - low || 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((factor) => factor * power >= rough) ?? 10);
  const ticks = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-9; value += step)
    ticks.push(Number(value.toPrecision(12)));
  return ticks;
}

/**
 * Months to label, as indexes: Januaries where the span has room for years, else every few months.
 *
 * @param {string[]} months
 * @param {number} wanted - At most about how many.
 * @returns {{ index: number, label: string }[]}
 */
export function monthTicks(months, wanted) {
  const januaries = months.flatMap((month, index) => (month.endsWith("-01") ? [index] : []));
  if (januaries.length > 2) {
    const every = Math.ceil(januaries.length / wanted);
    return januaries
      .filter((_, index) => index % every === 0)
      .map((index) => ({ index, label: months[index].slice(0, 4) }));
  }
  const every = Math.max(1, Math.ceil(months.length / wanted));
  return months.flatMap((month, index) =>
    index % every === 0 ? [{ index, label: shortMonth(month) }] : [],
  );
}

/** `2004-08` to `Aug 2004`. @param {string} month */
export function shortMonth(month) {
  const date = new Date(`${month}-01T00:00:00Z`);
  return date.toLocaleDateString("en", { month: "short", year: "numeric", timeZone: "UTC" });
}

/** @param {[number, number]} domain @param {[number, number]} range */
export function linear([low, high], [start, end]) {
  const span = high - low || 1;
  return (/** @type {number} */ value) => start + ((value - low) / span) * (end - start);
}
