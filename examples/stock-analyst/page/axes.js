/** What stands behind the lines of the plot: axes, and the deepest fall. */
import { make, percent } from "./dom.js";
import { linear, monthTicks, niceTicks } from "./scale.js";

/** @typedef {import('./plot.js').Frame} Frame */
/** @typedef {import('../app/events.mjs').Prices} Prices */

/** @param {Frame} frame @param {string[]} months @param {boolean} single @returns {Element[]} */
export function drawAxes(frame, months, single) {
  const { x, y, left, right, top, bottom } = frame;
  const valueAt = linear([y(0), y(1)], [0, 1]);
  const rows = niceTicks(valueAt(bottom), valueAt(top), 6).flatMap((value) => [
    drawLevel(frame, "grid", y(value)),
    drawTick(left - 8, y(value) + 4, "end", `${single ? "$" : ""}${value.toLocaleString("en")}`),
  ]);
  const columns = monthTicks(months, Math.max(3, Math.floor(right / 64))).flatMap(
    ({ index, label }) => [
      make("svg:line", { class: "notch", x1: x(index), x2: x(index), y1: bottom, y2: bottom + 4 }),
      drawTick(Math.min(x(index), right - 10), bottom + 18, "middle", label),
    ],
  );
  const start = single ? [] : [drawLevel(frame, "grid base", y(100))];
  return [...rows, ...start, drawLevel(frame, "axis", bottom), ...columns];
}

/** @param {Frame} frame @param {string} className @param {number} y */
function drawLevel({ left, right }, className, y) {
  return make("svg:line", { class: className, x1: left, x2: right, y1: y, y2: y });
}

/** @param {number} x @param {number} y @param {string} anchor @param {string} text */
function drawTick(x, y, anchor, text) {
  return make("svg:text", { class: "tick", x, y, "text-anchor": anchor, text });
}

/**
 * The deepest fall, from peak to trough.
 *
 * @param {Frame} frame
 * @param {string[]} months
 * @param {NonNullable<Prices['drawdown']>} fall
 * @returns {Element[]}
 */
export function drawDrawdown({ x, left, right, top, bottom }, months, { from, to, depth }) {
  const [start, end] = [x(months.indexOf(from)), x(months.indexOf(to))];
  const middle = Math.min(Math.max((start + end) / 2, left + 66), right - 66);
  return [
    make("svg:rect", {
      class: "fall",
      x: start,
      y: top,
      width: Math.max(2, end - start),
      height: bottom - top,
    }),
    make("svg:text", {
      class: "fall-label",
      x: middle,
      y: top - 8,
      "text-anchor": "middle",
      text: `max drawdown ${percent(depth)}`,
    }),
  ];
}
