/**
 * Monthly prices of five companies, January 2000 to March 2010: the file `stocks.csv` of the npm package `vega-datasets`.
 *
 * A month is written `2004-08` throughout the demo: such strings sort as they are.
 */
import { readFile } from "node:fs/promises";

/** @typedef {{ month: string, price: number }} Point */
/** @typedef {{ symbol: string, name: string, points: Point[] }} Series */

/** @type {Readonly<Record<string, string>>} */
export const COMPANIES = {
  AAPL: "Apple",
  AMZN: "Amazon",
  GOOG: "Google",
  IBM: "IBM",
  MSFT: "Microsoft",
};

export const FIRST_MONTH = "2000-01";
export const LAST_MONTH = "2010-03";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// The package exports its entry alone, so the file is found beside the entry.
const CSV = new URL("../data/stocks.csv", import.meta.resolve("vega-datasets"));

/**
 * Reads the prices from disk.
 *
 * @param {AbortSignal} [signal] - Ends the reading.
 * @returns {Promise<Map<string, Series>>} One series per symbol, in the order of time.
 */
export async function readPrices(signal) {
  return parsePrices(await readFile(CSV, { encoding: "utf8", signal }));
}

/** @param {string} csv - Lines of `MSFT,Jan 1 2000,39.81` below a head. */
export function parsePrices(csv) {
  /** @type {Map<string, Series>} */
  const all = new Map();
  for (const line of csv.trim().split(/\r?\n/).slice(1)) {
    const [symbol = "", date = "", price = ""] = line.split(",");
    const series = all.get(symbol) ?? { symbol, name: COMPANIES[symbol] ?? symbol, points: [] };
    series.points.push({ month: toMonth(date), price: Number(price) });
    all.set(symbol, series);
  }
  return all;
}

/** `Jan 1 2000` to `2000-01`. @param {string} date */
function toMonth(date) {
  const [name = "", , year = ""] = date.split(" ");
  const index = MONTHS.indexOf(name);
  if (index < 0 || !/^\d{4}$/.test(year))
    throw new Error(`stocks.csv: cannot read the date "${date}"`);
  return `${year}-${String(index + 1).padStart(2, "0")}`;
}

/**
 * The part of a series inside a period, both months included.
 *
 * @param {Series} series
 * @param {{ from: string, to: string }} period
 * @returns {Series}
 */
export function within(series, { from, to }) {
  return { ...series, points: series.points.filter(({ month }) => month >= from && month <= to) };
}

/** `2004-08` as a person writes it: `August 2004`. @param {string} month */
export function monthName(month) {
  const [year = "", number = ""] = month.split("-");
  const date = new Date(Date.UTC(Number(year), Number(number) - 1));
  return date.toLocaleDateString("en", { month: "long", year: "numeric", timeZone: "UTC" });
}

/** Moves a month: `addMonths("2004-12", 1)` is `2005-01`. @param {string} month @param {number} count */
export function addMonths(month, count) {
  const [year = "", number = ""] = month.split("-");
  const total = Number(year) * 12 + Number(number) - 1 + count;
  return `${Math.floor(total / 12)}-${String((total % 12) + 1).padStart(2, "0")}`;
}
