/** The month under the pointer. */
import { make } from "./dom.js";
import { linear, shortMonth } from "./scale.js";

/** @typedef {import('./plot.js').Frame} Frame */
/** @typedef {import('./plot.js').Line} Line */

/**
 * A line, a dot on each series, and its date and values in the caption.
 *
 * @param {SVGSVGElement} svg
 * @param {Frame} frame
 * @param {string[]} months
 * @param {Line[]} lines
 * @param {boolean} single
 * @returns {Element[]}
 */
export function drawPointer(svg, frame, months, lines, single) {
  const rule = make("svg:line", { class: "rule", y1: frame.top, y2: frame.bottom });
  const dots = lines.map((_, index) =>
    make("svg:circle", { class: `point series-${index}`, r: 3.5 }),
  );
  const group = make("svg:g", { class: "pointer", visibility: "hidden" }, rule, ...dots);
  const tell = (/** @type {number} */ index, /** @type {string} */ unit) => {
    const caption = svg.parentElement?.querySelector(".unit");
    if (caption) caption.textContent = unit;
    for (const { symbol, values } of lines) {
      const value = svg.parentElement?.querySelector(`[data-symbol="${symbol}"]`);
      if (value) value.textContent = show(values[index], single);
    }
  };
  const toIndex = linear([frame.x(0), frame.x(months.length - 1)], [0, months.length - 1]);
  svg.addEventListener("pointermove", ({ offsetX }) => {
    const index = Math.min(months.length - 1, Math.max(0, Math.round(toIndex(offsetX))));
    group.setAttribute("visibility", "visible");
    for (const name of ["x1", "x2"]) rule.setAttribute(name, String(frame.x(index)));
    for (const [at, dot] of dots.entries()) {
      dot.setAttribute("cx", String(frame.x(index)));
      dot.setAttribute("cy", String(frame.y(lines[at].values[index])));
    }
    tell(index, shortMonth(months[index]));
  });
  svg.addEventListener("pointerleave", () => {
    group.setAttribute("visibility", "hidden");
    tell(months.length - 1, unitOf(single));
  });
  return [group];
}

/** @param {number} value @param {boolean} single */
export function show(value, single) {
  return single ? `$${value.toFixed(2)}` : Math.round(value).toLocaleString("en");
}

/** @param {boolean} single */
export function unitOf(single) {
  return single ? "US dollars, by month" : "start = 100";
}
