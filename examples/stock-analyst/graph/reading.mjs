/**
 * Reads a question: which companies, which period, which figures. Rules, no model: the same question is always read the same way.
 */
import { COMPANIES } from "../data/prices.mjs";
import { readPeriod } from "./period.mjs";

/** @typedef {import('./period.mjs').Period} Period */
/** @typedef {'return' | 'volatility' | 'drawdown' | 'comparison' | 'correlation'} Want */
/**
 * @typedef {object} Reading
 * @property {string[]} symbols - Known ones, in the order of the question.
 * @property {string[]} unknown - What looks like a company, and is none of ours.
 * @property {Period} period
 */

const NAMES = [
  ["AAPL", /\b(aapl|apple)\b/i],
  ["AMZN", /\b(amzn|amazon)\b/i],
  ["GOOG", /\b(googl?|google|alphabet)\b/i],
  ["IBM", /\b(ibm|big blue|international business machines)\b/i],
  ["MSFT", /\b(msft|microsoft)\b/i],
];

const ALL =
  /\b(all|every(one|body|thing)?|each|any of them|the five|which (stock|company|share|one|of))\b/i;

// Companies that people ask for, to answer "I have no prices of Tesla" and not "I understood nothing".
const STRANGERS =
  /\b(tesla|nvidia|netflix|meta|facebook|oracle|intel|cisco|samsung|sony|nokia|yahoo|ebay|adobe|dell|twitter|toyota|walmart|disney|amd|hp|sap)\b/gi;

// Words in capitals that are no symbols.
const CAPITALS = new Set([
  "AND",
  "CEO",
  "DO",
  "ETF",
  "EU",
  "HOW",
  "IPO",
  "NOT",
  "OK",
  "OR",
  "PM",
  "SEC",
  "THE",
  "TO",
  "UK",
  "US",
  "USA",
  "USD",
  "VS",
]);

/**
 * @param {string} question
 * @returns {Reading}
 */
export function readQuestion(question) {
  const named = NAMES.map(([symbol, name]) => ({
    symbol: String(symbol),
    at: question.search(name),
  }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
    .map(({ symbol }) => symbol);
  const unknown = readStrangers(question);
  const symbols =
    named.length === 0 && unknown.length === 0 && ALL.test(question)
      ? Object.keys(COMPANIES)
      : named;
  return { symbols, unknown, period: readPeriod(question) };
}

/** @param {string} question */
function readStrangers(question) {
  const found = new Set(Array.from(question.matchAll(STRANGERS), ([name]) => name));
  // A question that is all in capitals has no symbols to tell from words.
  if (/[a-z]/.test(question)) {
    for (const [word] of question.matchAll(/\b[A-Z]{2,5}\b/g)) {
      if (!CAPITALS.has(word) && !NAMES.some(([, name]) => /** @type {RegExp} */ (name).test(word)))
        found.add(word);
    }
  }
  return [...found];
}

/**
 * Decides which figures the question wants.
 *
 * @param {string} question
 * @param {number} companies - How many are asked about.
 * @returns {Want[]}
 */
export function chooseFigures(question, companies) {
  /** @type {Set<Want>} */
  const wants = new Set();
  if (/\b(volatil|risk|swing|stable|stability|calm|rough|safe)/i.test(question))
    wants.add("volatility");
  if (
    /\b(draw-?down|crash|fell|fall|drop|lose|lost|loss|worst|peak|bottom|crisis|bust|risk)/i.test(
      question,
    )
  )
    wants.add("drawdown");
  if (/\b(return|grow|grew|gain|perform|rise|rose|best|worth|earn|made|invest)/i.test(question))
    wants.add("return");
  if (wants.size === 0)
    for (const want of /** @type {Want[]} */ (["return", "volatility", "drawdown"]))
      wants.add(want);
  if (companies > 1) wants.add("comparison").add("return");
  if (companies === 2) wants.add("correlation");
  return [...wants];
}
