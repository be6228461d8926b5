export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
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

/** In how many rounds the contenders of a case ran. */
export function roundsOf(lines) {
  return Math.max(0, ...lines.map(({ values = [] }) => values.length));
}

function best(lines, better = "higher") {
  const sign = better === "higher" ? 1 : -1;
  return lines.toSorted((a, b) => sign * (b.value.median - a.value.median))[0];
}

/** Above 1 is better than `base`, whichever direction is the good one. */
function ratio(line, base, better = "higher") {
  if (!base) return undefined;
  const pairs = line.values.map((value, round) => value / base.values[round]);
  return spread(better === "higher" ? pairs : pairs.map((value) => 1 / value));
}
