import { describeRun } from "./chart.mjs";
import { CURVES, formatCost, slopeOf } from "./growth.mjs";
import { circle, path, picture, round, text } from "./svg.mjs";

const WIDTH = 880;
const HEIGHT = 400;
const TOP = 122;
const BOTTOM = 352;
const PANEL = 288;
const LEFT = 70;
const PLOT = 198;
const LOOKS = { ssekit: ["own", "ssekit"], limit: ["best", "by hand"] };

/** Draws growth, as `toGrowth` answers it: one panel for each thing that grows, on logarithmic scales. */
export function drawGrowth({ run, curves }) {
  const title = "How cost grows";
  const panels = curves.map((curve, index) => drawPanel(curve, index * PANEL));
  const description = curves
    .map((curve) => `${metaOf(curve).title}: ${curve.lines.map(legendOf).join("; ")}`)
    .join(". ");
  return picture({
    width: WIDTH,
    height: HEIGHT,
    title: `${title}, ${describeRun(run)}`,
    description: `${description}. Both scales are logarithmic; a slope of 1 is linear.`,
    body: [
      text({ x: 24, y: 34, class: "head" }, title),
      text({ x: 24, y: 56, class: "muted" }, describeRun(run)),
      text(
        { x: WIDTH - 22, y: 56, class: "small muted end" },
        "slope 1 is linear; scales are logarithmic",
      ),
      ...panels.flat(),
    ],
  });
}

function drawPanel(curve, left) {
  const { title, grows, unit } = metaOf(curve);
  const points = curve.lines.flatMap((line) => line.points);
  const x = logScale(
    points.map((point) => point.x),
    [left + LEFT, left + LEFT + PLOT],
  );
  const y = logScale(
    points.flatMap(({ min, max }) => [min, max]),
    [BOTTOM, TOP + 40],
  );
  const across = x.decades.flatMap((value) => [
    path(`M${round(x(value))} ${TOP + 36}V${BOTTOM}`, "grid"),
    text({ x: x(value), y: BOTTOM + 18, class: "small muted middle" }, formatCount(value)),
  ]);
  const up = y.decades.flatMap((value) => [
    path(`M${left + LEFT} ${round(y(value))}H${left + LEFT + PLOT}`, "grid"),
    text(
      { x: left + LEFT - 8, y: y(value) + 4, class: "small muted end" },
      formatCost(value, unit),
    ),
  ]);
  const legend = curve.lines.flatMap((line, index) => drawLegend(line, index, left));
  const lines = curve.lines.toReversed().flatMap((line) => drawLine(line, x, y));
  return [
    text({ x: left + 24, y: TOP - 28, class: "bold" }, title),
    ...legend,
    ...across,
    ...up,
    ...lines,
    text({ x: left + LEFT + PLOT / 2, y: BOTTOM + 36, class: "small middle" }, grows),
  ];
}

function drawLegend(line, index, left) {
  const [look] = LOOKS[line.role];
  const y = TOP - 8 + index * 18;
  return [
    path(`M${left + 24} ${y - 4}H${left + 46}`, `curve ${look}`),
    text({ x: left + 54, y, class: "small" }, legendOf(line)),
  ];
}

function legendOf(line) {
  return `${LOOKS[line.role][1]}, slope ${slopeOf(line.points).toFixed(2)}`;
}

function drawLine({ role, points }, x, y) {
  const [look] = LOOKS[role];
  return [
    path(
      points.map((point) => [x(point.x), y(point.cost)]),
      `curve ${look}`,
    ),
    ...points.map((point) =>
      path(`M${round(x(point.x))} ${round(y(point.min))}V${round(y(point.max))}`, "whisker"),
    ),
    ...points.map((point) =>
      circle({ x: x(point.x), y: y(point.cost), r: 3, class: `dot ${look}` }),
    ),
  ];
}

/** From the powers of ten around the values to pixels. */
function logScale(values, [from, to]) {
  const low = Math.floor(Math.log10(Math.min(...values)) + 0.001);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 0.001));
  const scale = (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  const decades = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return Object.assign(scale, { decades });
}

function formatCount(value) {
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1e3 ? `${value / 1e3} k` : String(value);
}

function metaOf({ id }) {
  return CURVES.find((curve) => curve.id === id);
}
