import { maxDrawdown } from "../data/figures.mjs";
import { readPrices, within } from "../data/prices.mjs";
import { pause } from "./pause.mjs";

/** @typedef {import('../data/prices.mjs').Series} Series */
/** @typedef {{ symbol: string, name: string, first: string, last: string }} Missing */
/** @typedef {{ series: Series[], missing: Missing[] }} Retrieved */

/**
 * Node 3: the prices, read from disk and told to the page for its plot.
 *
 * @param {import('./graph.mjs').AnalystState} state
 * @param {import('./graph.mjs').NodeConfig} config
 */
export async function retrieve({ reading }, { context, signal }) {
  context.stream.status("retrieving");
  const [all] = await Promise.all([readPrices(signal), pause(context.pace.phaseMs, signal)]);
  const retrieved = select(all, reading);
  if (retrieved.series.length > 0) await context.stream.prices(toPlot(retrieved.series));
  return { retrieved };
}

/**
 * The asked series, cut to the months that all of them have: a comparison over unlike spans would mislead.
 *
 * @param {Map<string, Series>} all
 * @param {import('./reading.mjs').Reading} reading
 * @returns {Retrieved}
 */
export function select(all, { symbols, period }) {
  /** @type {Series[]} */
  const found = [];
  /** @type {Missing[]} */
  const missing = [];
  for (const symbol of symbols) {
    const whole = all.get(symbol);
    if (whole === undefined) throw new Error(`stocks.csv holds no prices of ${symbol}`);
    const cut = within(whole, period);
    if (cut.points.length >= 2) found.push(cut);
    else
      missing.push({
        symbol,
        name: whole.name,
        first: whole.points[0].month,
        last: whole.points[whole.points.length - 1].month,
      });
  }
  const from = found
    .map(({ points }) => points[0].month)
    .reduce((latest, month) => (month > latest ? month : latest), period.from);
  return { series: found.map((one) => within(one, { from, to: period.to })), missing };
}

/** @param {Series[]} series @returns {import('../app/events.mjs').Prices} */
function toPlot(series) {
  const drawdown = series.length === 1 ? maxDrawdown(series[0].points) : null;
  return {
    months: series[0].points.map(({ month }) => month),
    series: series.map(({ symbol, name, points }) => ({
      symbol,
      name,
      prices: points.map(({ price }) => price),
    })),
    drawdown:
      drawdown === null
        ? null
        : { from: drawdown.peak, to: drawdown.trough, depth: drawdown.depth },
  };
}
