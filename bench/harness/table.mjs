import { styleText } from "node:util";
import { roundsOf } from "./stats.mjs";

const WIDTH = 100;
const ROLE_WIDTH = 10;
const TITLE_WIDTH = 34;

export function printHead({ node, cpu, cores, rounds }) {
  console.log(
    `\nssekit bench · Node ${node} · ${cores} × ${cpu} · ${rounds} interleaved rounds, in some areas more`,
  );
  console.log(
    "The rate is the median of the rounds. A ratio is taken inside each round; what is shown is",
  );
  console.log(
    "the median of those, and (lowest–highest). Above 1 is better than the limit or peer.\n",
  );
}

/** One case as a table of at most 100 columns. */
export function printCase(area, scenario, { lines, bestPeer }) {
  const columns = (area.columns ?? []).filter(({ key }) => lines.some(({ extra }) => extra?.[key]));
  const head = [
    "".padEnd(ROLE_WIDTH + TITLE_WIDTH),
    scenario.unit.padStart(9),
    "× limit".padStart(17),
  ];
  head.push("× peer".padStart(8), ...columns.map(({ title }) => title.padStart(8)));
  console.log(paint("bold", `${area.name} · ${scenario.title}`));
  if (lines.length === 0) {
    console.log("skipped: what it runs on is not installed, the end of the run names it\n");
    return;
  }
  console.log(paint("dim", head.join(" ")));
  for (const line of lines) console.log(formatLine(line, columns, line.id === bestPeer));
  console.log(paint("dim", `checked: ${area.checked}`));
  console.log(paint("dim", `rounds: ${roundsOf(lines)}\n`));
}

function formatLine(line, columns, isBestPeer) {
  const name = `${(isBestPeer ? "best peer" : line.role).padEnd(ROLE_WIDTH)}${fit(line.title, TITLE_WIDTH)}`;
  if (line.failed)
    return `${name}   ${paint("red", fit(line.failed, WIDTH - name.length - 3).trimEnd())}`;
  const cells = [
    name,
    formatNumber(line.value.median).padStart(9),
    formatRatio(line).padStart(17),
    (line.toBestPeer ? line.toBestPeer.median.toFixed(2) : "–").padStart(8),
  ];
  for (const { key, digits = 0 } of columns) {
    cells.push((line.extra[key] ? line.extra[key].median.toFixed(digits) : "–").padStart(8));
  }
  const text = cells.join(" ");
  return line.role === "ssekit" ? paint("cyan", text) : text;
}

function formatRatio({ role, toLimit }) {
  if (!toLimit) return "–";
  if (role === "limit") return "1.00";
  return `${toLimit.median.toFixed(2)} (${toLimit.min.toFixed(2)}–${toLimit.max.toFixed(2)})`;
}

export function printVersions(catalogue, { versions, missing }) {
  const used = catalogue.flatMap(({ contenders }) =>
    contenders.flatMap(({ packages = [] }) => packages),
  );
  const names = [...new Set(used)]
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => `${name} ${versions[name]}`);
  if (names.length > 0) console.log(wrap(`peers: ${names.join(", ")}`));
  if (missing.length > 0) console.log(wrap(`left out, not installed: ${missing.join(", ")}`));
}

/** One line that is overwritten while a terminal looks on; nothing in a log file. */
export function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text.slice(0, WIDTH - 1)}`);
}

function formatNumber(value) {
  if (value >= 999_500) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 9_995) return `${(value / 1e3).toFixed(0)} k`;
  if (value >= 999.5) return `${(value / 1e3).toFixed(1)} k`;
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function fit(text, width) {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

function wrap(text) {
  return text.replace(/(.{1,96})(?:\s|$)/g, "$1\n  ").trimEnd();
}

function paint(style, text) {
  return process.stdout.isTTY ? styleText(style, text) : text;
}
