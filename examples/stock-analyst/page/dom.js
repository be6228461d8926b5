/** The page's few helpers for making elements. */

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Makes an element: attributes by name, `text` for its text, children after.
 *
 * @param {string} tag - `svg:path` makes an SVG element.
 * @param {Record<string, string | number | boolean | undefined>} [attributes] - `false` and `undefined` are left out.
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = tag.startsWith("svg:")
    ? document.createElementNS(SVG, tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name === "text") element.textContent = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** `840 ms`, `3.2 s`. @param {number} ms */
export function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A fraction as a signed percentage. @param {number | null} value @param {boolean} [signed] */
export function percent(value, signed = false) {
  if (value === null) return "–";
  const sign = value < 0 ? "−" : signed && value > 0 ? "+" : "";
  const size = Math.abs(value * 100);
  return `${sign}${size.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 })}%`;
}
