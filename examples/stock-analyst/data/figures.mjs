/**
 * Figures of a price series: plain functions over numbers, no I/O.
 *
 * Returns are fractions (`0.25` is a gain of 25 %). Volatility is the sample standard deviation of monthly log returns, times √12.
 */

/** @typedef {import('./prices.mjs').Series} Series */
/** @typedef {{ depth: number, peak: string, trough: string, recovered: string | null }} Drawdown */
/**
 * @typedef {object} Figures
 * @property {string} symbol
 * @property {string} name
 * @property {string} from - First month.
 * @property {string} to - Last month.
 * @property {number} firstPrice
 * @property {number} lastPrice
 * @property {number} years
 * @property {number} totalReturn
 * @property {number | null} annualReturn - `null` below one year: a shorter span says little about a year.
 * @property {number | null} volatility - `null` below three prices.
 * @property {Drawdown | null} drawdown - `null` when the price never fell below an earlier one.
 */

const MONTHS_A_YEAR = 12;

/** @param {number[]} prices */
export function logReturns(prices) {
  return prices.slice(1).map((price, index) => Math.log(price / prices[index]));
}

/** @param {number} first @param {number} last */
export function totalReturn(first, last) {
  return last / first - 1;
}

/** The yearly rate that compounds to the whole. @param {number} first @param {number} last @param {number} years */
export function annualReturn(first, last, years) {
  return (last / first) ** (1 / years) - 1;
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param {number[]} prices - Monthly. @returns {number | null} */
export function annualVolatility(prices) {
  const returns = logReturns(prices);
  if (returns.length < 2) return null;
  const centre = mean(returns);
  const squares = returns.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (returns.length - 1)) * Math.sqrt(MONTHS_A_YEAR);
}

/**
 * The deepest fall from a peak to a later trough, and the first month that stood at the peak again.
 *
 * @param {import('./prices.mjs').Point[]} points
 * @returns {Drawdown | null}
 */
export function maxDrawdown(points) {
  /** @type {Drawdown | null} */
  let deepest = null;
  let peak = points[0];
  let peakOfDeepest = Number.POSITIVE_INFINITY;
  for (const point of points) {
    if (point.price > peak.price) peak = point;
    const depth = point.price / peak.price - 1;
    if (depth < (deepest?.depth ?? 0)) {
      deepest = { depth, peak: peak.month, trough: point.month, recovered: null };
      peakOfDeepest = peak.price;
    } else if (deepest !== null && deepest.recovered === null && point.price >= peakOfDeepest) {
      deepest.recovered = point.month;
    }
  }
  return deepest;
}

/**
 * Pearson's correlation of the monthly log returns over the months that both series have.
 *
 * @param {Series} a
 * @param {Series} b
 * @returns {number | null} `null` when fewer than three returns are shared, or one price never moved.
 */
export function correlation(a, b) {
  const priceOfB = new Map(b.points.map(({ month, price }) => [month, price]));
  const shared = a.points.filter(({ month }) => priceOfB.has(month));
  const x = logReturns(shared.map(({ price }) => price));
  const y = logReturns(shared.map(({ month }) => /** @type {number} */ (priceOfB.get(month))));
  if (x.length < 3) return null;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [index, value] of x.entries()) {
    const dx = value - meanX;
    const dy = y[index] - meanY;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

/**
 * @param {Series} series - At least two points.
 * @returns {Figures}
 */
export function measure({ symbol, name, points }) {
  if (points.length < 2)
    throw new RangeError(
      `\`points\` of ${symbol} must hold two prices or more, got ${points.length}`,
    );
  const first = points[0];
  const last = points[points.length - 1];
  const years = (points.length - 1) / MONTHS_A_YEAR;
  return {
    symbol,
    name,
    from: first.month,
    to: last.month,
    firstPrice: first.price,
    lastPrice: last.price,
    years,
    totalReturn: totalReturn(first.price, last.price),
    annualReturn: years >= 1 ? annualReturn(first.price, last.price, years) : null,
    volatility: annualVolatility(points.map(({ price }) => price)),
    drawdown: maxDrawdown(points),
  };
}
