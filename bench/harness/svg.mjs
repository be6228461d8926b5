// The few shapes of which the charts are made. Colours are classes: the picture follows the page into dark mode.

const FONT = `-apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif`;

const LIGHT = {
  paper: "#ffffff",
  text: "#1f2328",
  muted: "#59636e",
  grid: "#e4e8ec",
  own: "#0969da",
  best: "#6e7781",
  peer: "#c3c9d0",
};
const DARK = {
  paper: "#0d1117",
  text: "#f0f6fc",
  muted: "#9198a1",
  grid: "#262c36",
  own: "#4493f8",
  best: "#8b949e",
  peer: "#454d57",
};

/** A whole picture, readable without its page. `lines` of its description come from the data. */
export function picture({ width, height, title, description, body }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escape(title)}</title>
<desc id="description">${escape(description)}</desc>
<style>
svg { ${variables(LIGHT)} }
@media (prefers-color-scheme: dark) { svg { ${variables(DARK)} } }
text { font: 12px ${FONT}; fill: var(--text); font-variant-numeric: tabular-nums; }
.head { font-size: 18px; font-weight: 600; }
.bold { font-weight: 600; }
.muted { fill: var(--muted); }
.small { font-size: 11px; }
.halo { stroke: var(--paper); stroke-width: 4px; paint-order: stroke; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.paper { fill: var(--paper); }
.grid { stroke: var(--grid); }
.limit { stroke: var(--text); }
.whisker { stroke: var(--text); opacity: 0.55; fill: none; }
.own { fill: var(--own); }
.best { fill: var(--best); }
.peer { fill: var(--peer); }
.reference { fill: none; stroke: var(--best); stroke-dasharray: 3 2; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
.curve.own, .dot.own { stroke: var(--own); }
.curve.best, .dot.best { stroke: var(--best); }
.curve.peer, .dot.peer { stroke: var(--peer); }
.dot { fill: var(--paper); stroke-width: 2; }
</style>
${rect({ x: 0, y: 0, width, height, class: "paper" })}
${body.join("\n")}
</svg>
`;
}

/** `parts`: text, or `[class, text]` for a part that looks different. */
export function text({ x, y, class: name = "" }, ...parts) {
  const inner = parts
    .map((part) =>
      typeof part === "string"
        ? escape(part)
        : `<tspan class="${part[0]}">${escape(part[1])}</tspan>`,
    )
    .join("");
  return `<text x="${round(x)}" y="${round(y)}"${classOf(name)}>${inner}</text>`;
}

export function rect({ x, y, width, height, radius = 0, class: name = "" }) {
  const corner = radius > 0 ? ` rx="${radius}"` : "";
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${corner}${classOf(name)}/>`;
}

/** `d`: as SVG writes it, or points that are joined by straight lines. */
export function path(d, name) {
  const steps = typeof d === "string" ? d : `M${d.map((point) => point.map(round)).join("L")}`;
  return `<path d="${steps}"${classOf(name)}/>`;
}

export function circle({ x, y, r, class: name }) {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${r}"${classOf(name)}/>`;
}

export function round(value) {
  return Math.round(value * 10) / 10;
}

function classOf(name) {
  return name === "" ? "" : ` class="${name}"`;
}

function variables(colours) {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");
}

function escape(value) {
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
