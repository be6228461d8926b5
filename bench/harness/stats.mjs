export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function isOurs({ role }) {
  return role === "ssekit" || role === "limit";
}

/** A median that is known to less than this, as a part of itself, is not known. */
const WANTED_PRECISION = 0.04;

/** Whether more rounds would hardly move a ratio of ssekit to the limit. */
export function isSettled(area, scenario, samples) {
  const { lines, better } = summarise(area, scenario, samples);
  const limit = lines.find(({ role }) => role === "limit");
  return lines
    .filter(({ role, toLimit }) => role === "ssekit" && toLimit)
    .map((line) => ratios(line, limit, better))
    .every((known) => uncertainty(known) <= WANTED_PRECISION * median(known));
}

/** Half of the notch of a box plot (McGill, Tukey, Larsen 1978): about what a median can be away from the true one. */
function uncertainty(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const quartile = (part) => sorted[Math.round(part * (sorted.length - 1))];
  return (1.57 * (quartile(0.75) - quartile(0.25))) / Math.sqrt(values.length);
}

export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * Medians, and ratios to the limit and to the best peer. A ratio is taken inside each round, between
 * two processes that ran moments apart, and then the median of those is taken: a machine that is
 * slower for some rounds moves both sides of the ratio alike.
 */
export function summarise(area, scenario, samples) {
  const lines = area.contenders
    .filter(({ id }) => samples.has(id))
    .map((contender) => summariseLine(contender, samples.get(contender.id), area.columns));
  const ok = lines.filter(({ failed }) => !failed);
  const limit = ok.find(({ role }) => role === "limit");
  const bestPeer = best(
    ok.filter(({ role }) => role === "peer"),
    scenario.better,
  );
  for (const line of ok) {
    line.toLimit = ratio(line, limit, scenario.better);
    line.toBestPeer = ratio(line, bestPeer, scenario.better);
  }
  return {
    area: area.name,
    scenario: scenario.id,
    title: scenario.title,
    unit: scenario.unit,
    better: scenario.better ?? "higher",
    checked: area.checked,
    bestPeer: bestPeer?.id,
    lines,
  };
}

function summariseLine({ id, title, role, packages }, answers, columns = []) {
  const failed = answers.find((answer) => answer.failed)?.failed;
  if (failed) return { id, title, role, packages, failed };
  const values = answers.map(({ value }) => value);
  const extra = {};
  for (const { key } of columns) {
    const known = answers
      .map((answer) => answer.extra?.[key])
      .filter((value) => value !== undefined);
    if (known.length > 0) extra[key] = spread(known);
  }
  return { id, title, role, packages, values, value: spread(values), extra };
}

function best(lines, better = "higher") {
  const sign = better === "higher" ? 1 : -1;
  return lines.toSorted((a, b) => sign * (b.value.median - a.value.median))[0];
}

/** In how many rounds the contenders ran that ran most. */
export function mostRounds(results) {
  return Math.max(...results.flatMap(({ lines }) => lines.map(({ values = [] }) => values.length)));
}

/** Above 1 is better than `base`, whichever direction is the good one. */
function ratio(line, base, better) {
  return base && spread(ratios(line, base, better));
}

/** Of the rounds in which both ran. */
function ratios({ values }, base, better = "higher") {
  const both = values.slice(0, base.values.length);
  const pairs = both.map((value, round) => value / base.values[round]);
  return better === "higher" ? pairs : pairs.map((value) => 1 / value);
}
