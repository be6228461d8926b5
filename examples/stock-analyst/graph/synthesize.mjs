import { correlation, measure } from "../data/figures.mjs";
import { monthName } from "../data/prices.mjs";
import { sayWithModel } from "./model.mjs";
import { pause } from "./pause.mjs";
import { sayFindings, sayNothingFound } from "./wording.mjs";

/**
 * Node 4: the figures, and the sentences that tell them.
 *
 * @param {import('./graph.mjs').AnalystState} state
 * @param {import('./graph.mjs').NodeConfig} config
 * @returns {Promise<{ answer: import('./graph.mjs').Answer }>}
 */
export async function synthesize(state, { context, signal }) {
  context.stream.status("synthesizing");
  const { question, reading, wants, retrieved } = state;
  if (retrieved === undefined || retrieved.series.length === 0) {
    return {
      answer: { content: await speak(sayNothingFound(reading), { context, signal }), sources: [] },
    };
  }
  const { series, missing } = retrieved;
  const figures = series.map(measure);
  await context.stream.figures({ rows: figures.map(toRow) });
  const [a, b] = series;
  const findings = {
    reading,
    wants,
    figures,
    missing,
    correlation: series.length === 2 ? correlation(a, b) : null,
  };
  const content =
    context.model === null
      ? await speak(sayFindings(findings), { context, signal })
      : await sayWithModel(context.model, question, findings, { stream: context.stream, signal });
  return { answer: { content, sources: figures.map(toSource) } };
}

/**
 * Tells a text word by word, at the pace of a model.
 *
 * @param {string} text
 * @param {import('./graph.mjs').NodeConfig} config
 */
async function speak(text, { context, signal }) {
  for (const word of text.match(/\s*\S+/g) ?? []) {
    await pause(context.pace.wordMs, signal);
    await context.stream.chunk(word);
  }
  return text;
}

/** @param {import('../data/figures.mjs').Figures} figures */
function toRow({ symbol, name, totalReturn, annualReturn, volatility, drawdown }) {
  return { symbol, name, totalReturn, annualReturn, volatility, maxDrawdown: drawdown?.depth ?? 0 };
}

/** @param {import('../data/figures.mjs').Figures} figures */
function toSource({ symbol, name, from, to, years }) {
  const prices = Math.round(years * 12) + 1;
  return {
    title: name === symbol ? name : `${name} (${symbol})`,
    detail: `${prices} monthly prices, ${monthName(from)} to ${monthName(to)}`,
    file: "stocks.csv of the npm package vega-datasets",
  };
}
