/** What grows, how its points are named in area growth, and how the cost of a whole point comes of what was measured. */
export const CURVES = [
  {
    id: "connections",
    title: "Memory of silent streams",
    grows: "silent streams",
    unit: "bytes",
    costOf: (bytesEach, count) => bytesEach * count,
  },
  {
    id: "event",
    title: "Time of an event in a burst",
    grows: "bytes of an event",
    unit: "seconds",
    costOf: (eventsPerSecond) => 1 / eventsPerSecond,
  },
  {
    id: "backlog",
    title: "Time of a backlog, in and out",
    grows: "events that wait",
    unit: "seconds",
    costOf: (nanosecondsEach, count) => (nanosecondsEach * count) / 1e9,
  },
];
const ROLES = ["ssekit", "limit"];

/**
 * What the curves and the page need of a run of the areas growth and pace; `undefined` when some of it is missing.
 */
export function toGrowth({ run, results }) {
  const whole = results.filter((result) => ROLES.every((role) => lineOf(result, role)?.value));
  const points = whole.filter(({ area }) => area === "growth");
  const pace = whole.find(({ area }) => area === "pace");
  const curves = CURVES.map((curve) => toCurve(curve, points));
  // A line needs two points, and so does its slope.
  if (!pace || curves.some(({ lines }) => lines[0].points.length < 2)) return undefined;
  const { at, node, platform, cpu, cores, rounds } = run;
  return {
    run: { at, node, platform, cpu, cores, rounds },
    curves,
    memoryEachBytes: memoryEach(points),
    processorEachMicros: Object.fromEntries(
      ROLES.map((role) => [role, digits(lineOf(pace, role).value.median)]),
    ),
  };
}

function toCurve({ id, costOf }, results) {
  const lines = ROLES.map((role) => {
    const points = results
      .filter(({ scenario }) => scenario.startsWith(`${id}-`))
      .map((result) => ({ x: Number(result.scenario.slice(id.length + 1)), ...result }))
      .toSorted((a, b) => a.x - b.x)
      .map((result) => toPoint(result, role, costOf));
    return { role, points };
  });
  return { id, lines };
}

function toPoint(result, role, costOf) {
  const { value } = lineOf(result, role);
  const { x } = result;
  const [cost, ...ends] = [value.median, value.min, value.max].map((each) => costOf(each, x));
  return { x, cost: digits(cost), min: digits(Math.min(...ends)), max: digits(Math.max(...ends)) };
}

/** Resident memory of one silent stream, where there are most of them: of few, nothing is seen of the engine's reserves. */
function memoryEach(results) {
  const most = results
    .filter(({ scenario }) => scenario.startsWith("connections-"))
    .toSorted((a, b) => countOf(b) - countOf(a))[0];
  return Object.fromEntries(
    ROLES.map((role) => [role, Math.round(lineOf(most, role).extra.rssBytes.median)]),
  );
}

function countOf({ scenario }) {
  return Number(scenario.split("-")[1]);
}

function lineOf({ lines }, role) {
  return lines.find((line) => line.role === role);
}

function digits(value) {
  return Number(value.toPrecision(4));
}

/** The slope of the straight line through the points on logarithmic scales: 1 is "twice as much costs twice as much". */
export function slopeOf(points) {
  const logs = points.map(({ x, cost }) => [Math.log(x), Math.log(cost)]);
  const mean = (axis) => logs.reduce((sum, point) => sum + point[axis], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

const STEPS = {
  bytes: [
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
    [1, "B"],
  ],
  seconds: [
    [1, "s"],
    [1e-3, "ms"],
    [1e-6, "µs"],
    [1e-9, "ns"],
  ],
};

/** `117 µs`, `1.1 MB`: two digits, or three before the point. */
export function formatCost(value, unit) {
  const [size, name] = STEPS[unit].find(([step]) => value >= step * 0.9995) ?? STEPS[unit].at(-1);
  const amount = value / size;
  return `${amount >= 10 ? Math.round(amount) : Number(amount.toPrecision(2))} ${name}`;
}
