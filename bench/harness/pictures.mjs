import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fillPage } from "./capacity.mjs";
import { drawComparison, toComparison } from "./chart.mjs";
import { drawGrowth } from "./growth-chart.mjs";
import { toGrowth } from "./growth.mjs";
import { ROOT } from "./paths.mjs";

const GROWTH = "growth.svg";
/** Where the pictures of the pages lie: what is drawn there is told on its page too. */
const IMAGES = join(ROOT, "docs", "images");

export const NOTHING_DRAWN =
  "Nothing drawn: the run has no case that a picture shows; that of growth needs the area pace too.";

/**
 * Draws a run as a picture, and writes beside it the figures it was drawn from: the comparison as `file`, and the growth,
 * when the run has it, as `growth.svg` beside. A `file` of that name is the growth alone.
 *
 * @returns The files, relative to where the user stands; none when the run has nothing to draw.
 */
export function writePictures(report, file) {
  const growth = toGrowth(report);
  const comparison = toComparison(report);
  const written = [];
  if (basename(file) !== GROWTH && comparison.results.length > 0) {
    written.push(...writeBoth(resolve(file), comparison, drawComparison(comparison)));
  }
  if (growth) {
    const beside = join(dirname(resolve(file)), GROWTH);
    written.push(...writeBoth(beside, growth, drawGrowth(growth)));
    if (dirname(beside) === IMAGES) written.push(fillPage(growth));
  }
  return written.map((path) => relative(process.cwd(), path));
}

function writeBoth(file, data, svg) {
  const json = `${file.replace(/\.svg$/, "")}.json`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(json, toText(data));
  writeFileSync(file, svg);
  return [file, json];
}

/** JSON as the formatter of this repository wants it: a list of plain values stands on one line. */
function toText(data) {
  const text = JSON.stringify(data, undefined, 2);
  const isList = /\[\n\s+([^[\]{}]*?)\n\s+\]/g;
  return `${text.replace(isList, (_, list) => `[${list.replace(/,\n\s+/g, ", ")}]`)}\n`;
}
