import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { drawComparison, toComparison } from "./chart.mjs";

/**
 * Draws a run as a picture, and writes beside it the figures it was drawn from.
 *
 * @returns The files, relative to where the user stands; none when the run has nothing to compare.
 */
export function writePictures(report, file) {
  const comparison = toComparison(report);
  if (comparison.results.length === 0) return [];
  return writeBoth(resolve(file), comparison, drawComparison(comparison));
}

function writeBoth(file, data, svg) {
  const json = `${file.replace(/\.svg$/, "")}.json`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(json, toText(data));
  writeFileSync(file, svg);
  return [file, json].map((path) => relative(process.cwd(), path));
}

/** JSON as the formatter of this repository wants it: a list of plain values stands on one line. */
function toText(data) {
  const text = JSON.stringify(data, undefined, 2);
  const isList = /\[\n\s+([^[\]{}]*?)\n\s+\]/g;
  return `${text.replace(isList, (_, list) => `[${list.replace(/,\n\s+/g, ", ")}]`)}\n`;
}
