import { describe, expect, test } from "vitest";
import { runAnalyst } from "../../examples/stock-analyst/graph/graph.mjs";
import { chooseFigures, readQuestion } from "../../examples/stock-analyst/graph/reading.mjs";

const NO_WAIT = { phaseMs: 0, wordMs: 0 };

/** Runs the graph and keeps all that its nodes told. */
async function run(
  question: string,
  { pace = NO_WAIT, signal = new AbortController().signal } = {},
) {
  const told: { type: string; value: unknown }[] = [];
  const visits: string[] = [];
  const tell = (type: string) => (value: unknown) => void told.push({ type, value });
  const stream = {
    status: tell("status"),
    chunk: tell("chunk"),
    prices: tell("prices"),
    figures: tell("figures"),
  };
  const enter = (node: string) => {
    visits.push(`+${node}`);
    return () => void visits.push(`-${node}`);
  };
  const answer = runAnalyst(question, { stream, enter, pace, model: null, signal });
  const values = (type: string) =>
    told.filter((one) => one.type === type).map(({ value }) => value);
  return { answer, values, visits, told };
}

describe("what a question is read as", () => {
  test.each([
    ["How did Apple do?", ["AAPL"], "2000-01", "2010-03"],
    ["msft since 2005", ["MSFT"], "2005-01", "2010-03"],
    ["Amazon vs Google 2004 to 2007", ["AMZN", "GOOG"], "2004-01", "2007-12"],
    ["IBM between March 2001 and June 2003", ["IBM"], "2001-03", "2003-06"],
    ["Compare all", ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"], "2000-01", "2010-03"],
    ["How far did IBM fall in the crash of 2008?", ["IBM"], "2007-10", "2009-03"],
    ["Apple in 2003", ["AAPL"], "2003-01", "2003-12"],
    ["Apple before 2003", ["AAPL"], "2000-01", "2002-12"],
    ["Apple after 2003", ["AAPL"], "2004-01", "2010-03"],
    ["the last 3 years of Apple", ["AAPL"], "2007-03", "2010-03"],
    ["Apple from 2007 back to 2004? I mean 2007-2004", ["AAPL"], "2004-01", "2007-12"],
  ])("%s", (question, symbols, from, to) => {
    expect(readQuestion(question)).toMatchObject({ symbols, unknown: [], period: { from, to } });
  });

  test("companies without prices are named, not passed over", () => {
    expect(readQuestion("Tesla or IBM, or TSLA?")).toMatchObject({
      symbols: ["IBM"],
      unknown: ["Tesla", "TSLA"],
    });
    expect(readQuestion("HOW DID APPLE DO").unknown).toEqual([]);
  });

  test("a question about risk wants volatility and drawdown; two companies are correlated", () => {
    expect(chooseFigures("How risky was it?", 1)).toEqual(["volatility", "drawdown"]);
    expect(chooseFigures("Apple or IBM?", 2)).toContain("correlation");
  });
});

describe("the graph", () => {
  test("four nodes tell their phases in order, and the chunks are the answer", async () => {
    const { answer, values, visits, told } = await run("How did Apple do?");
    const { content, sources } = await answer;
    expect(values("status")).toEqual(["analyzing", "planning", "retrieving", "synthesizing"]);
    expect(visits.join(" ")).toBe(
      "+analyze -analyze +plan -plan +retrieve -retrieve +synthesize -synthesize",
    );
    expect(values("chunk").join("")).toBe(content);
    expect(content).toContain("gained 759.8% from January 2000 to March 2010");
    expect(sources).toEqual([
      {
        title: "Apple (AAPL)",
        detail: "123 monthly prices, January 2000 to March 2010",
        file: expect.any(String),
      },
    ]);
    expect(told.map(({ type }) => type).slice(0, 6)).toEqual([
      "status",
      "status",
      "status",
      "prices",
      "status",
      "figures",
    ]);
  });

  test("a comparison covers only months that all companies have, and says so", async () => {
    const { answer, values } = await run("Compare Google and IBM since 2002");
    const { content } = await answer;
    expect(content).toContain("The span starts in August 2004");
    expect(values("prices")).toMatchObject([
      { series: [{ prices: { length: 68 } }, { prices: { length: 68 } }] },
    ]);
  });

  test("a company without prices gets an honest answer and no figures", async () => {
    const { answer, values } = await run("How did Tesla do?");
    expect(await answer).toMatchObject({
      content: expect.stringContaining("I have no prices of Tesla."),
      sources: [],
    });
    expect(values("status")).toEqual(["analyzing", "synthesizing"]);
    expect(values("figures")).toEqual([]);
  });

  test("a period without prices gets an honest answer", async () => {
    const { answer } = await run("Google in 2001");
    expect((await answer).content).toContain("too few for January 2001 to December 2001");
  });

  test("an aborted signal ends the node at work with the signal's own reason, and no node after it starts", async () => {
    const controller = new AbortController();
    const { answer, visits } = await run("Apple", {
      pace: { phaseMs: 60_000, wordMs: 0 },
      signal: controller.signal,
    });
    const reason = new Error("the reader left");
    // Listened to before the abort: a rejection that nobody awaits yet would be an unhandled one.
    const ended = answer.catch((error: unknown) => error);
    await expect.poll(() => visits).toEqual(["+analyze"]);
    const before = performance.now();
    controller.abort(reason);
    expect(await ended).toBe(reason);
    expect(performance.now() - before).toBeLessThan(100);
    await expect.poll(() => visits).toEqual(["+analyze", "-analyze"]);
  });
});
