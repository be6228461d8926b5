/** The price plot: one line per company, in dollars for one, from 100 for several, so that they compare. */
import { drawAxes, drawDrawdown } from "./axes.js";
import { byId, make } from "./dom.js";
import { drawPointer, show, unitOf } from "./pointer.js";
import { linear, shortMonth } from "./scale.js";

/** @typedef {import('../app/events.mjs').Prices} Prices */
/** @typedef {{ symbol: string, name: string, values: number[] }} Line */
/**
 * Where the lines run, in pixels.
 *
 * @typedef {object} Frame
 * @property {(index: number) => number} x - Of a month.
 * @property {(value: number) => number} y - Of a price.
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 */

const HEIGHT = 264;
const MARGIN = { right: 14, bottom: 26, left: 48 };

export function createPlot() {
  const figure = byId("plot");
  /** @type {Prices | null} */
  let data = null;
  let drawnWidth = 0;

  const draw = (/** @type {boolean} */ animated) => {
    if (data === null || figure.clientWidth === 0) return;
    drawnWidth = figure.clientWidth;
    figure.replaceChildren(...drawPlot(data, drawnWidth, animated));
  };
  // Drawn anew for each width: scaling one drawing would scale its letters too.
  new ResizeObserver(() => {
    if (figure.clientWidth !== drawnWidth) draw(false);
  }).observe(figure);

  return {
    /** @param {Prices} prices */
    show(prices) {
      data = prices;
      figure.hidden = false;
      draw(true);
    },
    clear() {
      data = null;
      drawnWidth = 0;
      figure.hidden = true;
      figure.replaceChildren();
    },
  };
}

/** @param {Prices} data @param {number} width @param {boolean} animated @returns {Element[]} */
function drawPlot({ months, series, drawdown }, width, animated) {
  const single = series.length === 1;
  const lines = series.map(({ symbol, name, prices }) => ({
    symbol,
    name,
    values: single ? prices : prices.map((price) => (price / prices[0]) * 100),
  }));
  const frame = toFrame(months, lines, width, drawdown === null ? 10 : 24);
  const label = `Prices of ${series.map(({ name }) => name).join(", ")}, ${shortMonth(months[0])} to ${shortMonth(months[months.length - 1])}`;
  const svg = make("svg:svg", {
    width,
    height: HEIGHT,
    viewBox: `0 0 ${width} ${HEIGHT}`,
    role: "img",
    "aria-label": label,
    class: animated ? "animated" : "",
  });
  svg.append(...drawAxes(frame, months, single));
  if (drawdown !== null) svg.append(...drawDrawdown(frame, months, drawdown));
  if (single) svg.append(drawArea(frame, lines[0]));
  for (const [index, { values }] of lines.entries()) {
    svg.append(
      make("svg:path", { class: `line series-${index}`, d: toPath(frame, values), pathLength: 1 }),
    );
  }
  svg.append(...drawPointer(svg, frame, months, lines, single));
  return [drawLegend(lines, single), svg];
}

/** @param {string[]} months @param {Line[]} lines @param {number} width @param {number} top @returns {Frame} */
function toFrame(months, lines, width, top) {
  const all = lines.flatMap(({ values }) => values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low || high) * 0.06;
  const [left, right, bottom] = [MARGIN.left, width - MARGIN.right, HEIGHT - MARGIN.bottom];
  return {
    x: linear([0, months.length - 1], [left, right]),
    y: linear([Math.max(0, low - room), high + room], [bottom, top]),
    left,
    right,
    top,
    bottom,
  };
}

/** @param {Frame} frame @param {Line} line */
function drawArea(frame, { values }) {
  const { x, bottom } = frame;
  return make("svg:path", {
    class: "area series-0",
    d: `${toPath(frame, values)}L${x(values.length - 1)} ${bottom}L${x(0)} ${bottom}Z`,
  });
}

/** @param {Frame} frame @param {number[]} values */
function toPath({ x, y }, values) {
  return values
    .map(
      (value, index) => `${index === 0 ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join("");
}

/** @param {Line[]} lines @param {boolean} single */
function drawLegend(lines, single) {
  const items = lines.map(({ symbol, name, values }, index) =>
    make(
      "li",
      {},
      make("span", { class: `swatch series-${index}`, "aria-hidden": "true" }),
      make("span", { text: single && name !== symbol ? `${name} ${symbol}` : name }),
      make("b", { "data-symbol": symbol, text: show(values[values.length - 1], single) }),
    ),
  );
  return make(
    "figcaption",
    {},
    make("ul", { class: "legend" }, ...items),
    make("span", { class: "unit", text: unitOf(single) }),
  );
}
