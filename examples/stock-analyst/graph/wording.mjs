/** Says the figures in plain sentences. Every number in the text is computed; none is written here. */
import { monthName } from "../data/prices.mjs";

/** @typedef {import('../data/figures.mjs').Figures} Figures */
/** @typedef {import('./reading.mjs').Reading} Reading */
/** @typedef {import('./reading.mjs').Want} Want */
/** @typedef {{ reading: Reading, wants: Want[], figures: Figures[], missing: { symbol: string, name: string, first: string, last: string }[], correlation: number | null }} Findings */

const COUNTS = ["", "one", "two", "three", "four", "five"];
const list = new Intl.ListFormat("en", { type: "conjunction" });
const percentFormat = new Intl.NumberFormat("en", {
  style: "percent",
  maximumFractionDigits: 1,
  minimumFractionDigits: 1,
});
const money = new Intl.NumberFormat("en", { style: "currency", currency: "USD" });

/** A fraction as a percentage, with a true minus sign. @param {number} value */
export function percent(value) {
  return percentFormat.format(value).replace("-", "−");
}

/**
 * The whole answer, paragraphs parted by an empty line.
 *
 * @param {Findings} findings
 */
export function sayFindings(findings) {
  const { figures } = findings;
  const paragraphs =
    figures.length > 1
      ? sayComparison(findings)
      : figures.map((one) => sayCompany(one, findings.wants));
  return [...paragraphs, ...sayLimits(findings)].join("\n\n");
}

/** @param {Figures} one @param {Want[]} wants */
function sayCompany(one, wants) {
  const sentences = [sayReturn(one)];
  if (one.annualReturn !== null && one.years > 1) {
    sentences.push(
      `That is ${percent(one.annualReturn)} a year over ${one.years.toFixed(1)} years.`,
    );
  }
  if (wants.includes("volatility") && one.volatility !== null) {
    sentences.push(
      `Its monthly returns had an annualised volatility of ${percent(one.volatility)}, which is ${temper(one.volatility)}.`,
    );
  }
  if (wants.includes("drawdown")) sentences.push(sayDrawdown(one));
  return sentences.join(" ");
}

/** @param {Figures} one */
function sayReturn({ name, symbol, totalReturn, from, to, firstPrice, lastPrice }) {
  const verb = totalReturn >= 0 ? "gained" : "lost";
  const title = name === symbol ? name : `${name} (${symbol})`;
  return `${title} ${verb} ${percent(Math.abs(totalReturn))} from ${monthName(from)} to ${monthName(to)}: its price went from ${money.format(firstPrice)} to ${money.format(lastPrice)}.`;
}

/** @param {Figures} one */
function sayDrawdown({ name, drawdown, to }) {
  if (drawdown === null)
    return `No month closed below an earlier one: ${name} had no drawdown in this period.`;
  const fall = `The deepest fall took ${name} down ${percent(-drawdown.depth)}, from its peak in ${monthName(drawdown.peak)} to ${monthName(drawdown.trough)}`;
  if (drawdown.recovered !== null)
    return `${fall}; by ${monthName(drawdown.recovered)} it stood at that peak again.`;
  return `${fall}, and by ${monthName(to)} it had not come back to that peak.`;
}

/** Below a quarter, as broad indices have it, is calm; above a half the price may halve or double in a year. @param {number} volatility */
function temper(volatility) {
  if (volatility < 0.25) return "calm for a single stock";
  return volatility < 0.5 ? "usual for a single stock" : "a rough ride";
}

/** @param {Findings} findings */
function sayComparison({ figures, wants, correlation }) {
  const ranked = figures.toSorted((a, b) => b.totalReturn - a.totalReturn);
  const paragraphs = [ranked.length === 2 ? sayPair(ranked) : sayRanking(ranked)];
  const risk = [];
  if (wants.includes("volatility") || ranked.length === 2) risk.push(...sayVolatilities(figures));
  if (wants.includes("drawdown") || ranked.length > 2) risk.push(sayDeepest(figures));
  if (risk.length > 0) paragraphs.push(risk.join(" "));
  if (correlation !== null) paragraphs.push(sayCorrelation(correlation));
  return paragraphs;
}

/** @param {Figures[]} ranked */
function sayPair([better, worse]) {
  return (
    `From ${monthName(better.from)} to ${monthName(better.to)}, ${better.name} did better than ${worse.name}: ` +
    `${sayChange(better.totalReturn)}${sayYearly(better)}, against ${sayChange(worse.totalReturn)}${sayYearly(worse)}.`
  );
}

/** @param {Figures[]} ranked */
function sayRanking(ranked) {
  const best = ranked[0];
  const worst = ranked[ranked.length - 1];
  return (
    `From ${monthName(best.from)} to ${monthName(best.to)}, ${best.name} did best of the ${COUNTS[ranked.length] ?? ranked.length}: ${sayChange(best.totalReturn)}${sayYearly(best)}. ` +
    `${worst.name} came last with ${sayChange(worst.totalReturn)}${sayYearly(worst)}. ` +
    `In order: ${ranked.map(({ name, totalReturn }) => `${name} ${signed(totalReturn)}`).join(", ")}.`
  );
}

/** @param {number} value */
function sayChange(value) {
  return value >= 0 ? `a gain of ${percent(value)}` : `a loss of ${percent(-value)}`;
}

/** @param {number} value */
function signed(value) {
  return value >= 0 ? `+${percent(value)}` : percent(value);
}

/** @param {Figures} one */
function sayYearly({ annualReturn, years }) {
  return annualReturn !== null && years > 1 ? `, or ${percent(Math.abs(annualReturn))} a year` : "";
}

/** @param {Figures[]} figures */
function sayVolatilities(figures) {
  const known = figures
    .filter(({ volatility }) => volatility !== null)
    .toSorted((a, b) => Number(a.volatility) - Number(b.volatility));
  if (known.length < 2) return [];
  const calm = known[0];
  const rough = known[known.length - 1];
  const [low, high] = [percent(Number(calm.volatility)), percent(Number(rough.volatility))];
  if (known.length === 2)
    return [
      `${calm.name} was the calmer of the two, with an annualised volatility of ${low} against ${high}.`,
    ];
  return [
    `${calm.name} was the calmest, with an annualised volatility of ${low}, and ${rough.name} the roughest with ${high}.`,
  ];
}

/** @param {Figures[]} figures */
function sayDeepest(figures) {
  return sayDrawdown(
    figures.toSorted((a, b) => (a.drawdown?.depth ?? 0) - (b.drawdown?.depth ?? 0))[0],
  );
}

/** @param {number} value */
function sayCorrelation(value) {
  const strength =
    Math.abs(value) < 0.3
      ? "they moved mostly on their own"
      : Math.abs(value) < 0.6
        ? "they shared part of their moves"
        : "they moved much together";
  return `The correlation of their monthly returns was ${value.toFixed(2).replace("-", "−")}: ${strength}.`;
}

/** What the reader must know about the answer: free readings, cut periods, missing companies. @param {Findings} findings */
function sayLimits({ reading, figures, missing }) {
  const { period, unknown } = reading;
  const notes = [];
  if (period.assumed !== null)
    notes.push(
      `I took “${period.assumed}” as ${monthName(period.from)} to ${monthName(period.to)}.`,
    );
  if (period.clipped)
    notes.push("The question reaches beyond the data, which holds January 2000 to March 2010.");
  if (figures.length > 0 && !period.clipped && figures[0].from > period.from) {
    notes.push(
      `The span starts in ${monthName(figures[0].from)}, the first month with a price for ${figures.length > 1 ? "each of them" : figures[0].name}.`,
    );
  }
  for (const { name, first, last } of missing)
    notes.push(
      `I have no prices of ${name} for that period, only from ${monthName(first)} to ${monthName(last)}.`,
    );
  if (unknown.length > 0) notes.push(`I have no prices of ${list.format(unknown)}.`);
  return notes.length > 0 ? [notes.join(" ")] : [];
}

/** The honest answer when no figure can be given. @param {Reading} reading */
export function sayNothingFound({ symbols, unknown, period }) {
  if (symbols.length > 0) {
    const span =
      period.from > period.to
        ? "that period"
        : `${monthName(period.from)} to ${monthName(period.to)}`;
    return `I cannot answer this from the data: it holds monthly prices from January 2000 to March 2010 (Google from August 2004), and too few for ${span}.`;
  }
  const what =
    unknown.length > 0
      ? `I have no prices of ${list.format(unknown)}.`
      : "I could not tell which company you mean.";
  return `${what} My data holds five companies: Apple (AAPL), Amazon (AMZN), Google (GOOG), IBM and Microsoft (MSFT), each by month from January 2000 to March 2010. Ask, for example, “How did Apple do since 2005?”`;
}
