import { describe, expect, test } from "vitest";
import {
  annualReturn,
  annualVolatility,
  correlation,
  logReturns,
  maxDrawdown,
  measure,
  totalReturn,
} from "../../examples/stock-analyst/data/figures.mjs";
import {
  addMonths,
  parsePrices,
  readPrices,
  within,
} from "../../examples/stock-analyst/data/prices.mjs";

const points = (...prices: number[]) =>
  prices.map((price, index) => ({ month: addMonths("2001-11", index), price }));
const series = (symbol: string, ...prices: number[]) => ({
  symbol,
  name: symbol,
  points: points(...prices),
});

describe("figures, against numbers computed by hand", () => {
  test("the total return is the last price over the first, less one", () => {
    expect(totalReturn(80, 100)).toBeCloseTo(0.25, 12);
    expect(totalReturn(100, 14.3)).toBeCloseTo(-0.857, 12);
  });

  test("a price that grows fourfold in two years doubled each year", () => {
    expect(annualReturn(100, 400, 2)).toBeCloseTo(1, 12);
  });

  test("log returns: 100, 110, 99 gives ln 1.1 and ln 0.9", () => {
    expect(logReturns([100, 110, 99]).map((value) => value.toFixed(6))).toEqual([
      "0.095310",
      "-0.105361",
    ]);
  });

  test("volatility is the sample deviation of log returns times √12", () => {
    // ln 1.1 and ln 0.9 lie 0.1003353 either side of their mean: s = 0.1003353 · √2, and s · √12 = 0.491541.
    expect(annualVolatility([100, 110, 99])).toBeCloseTo(0.491541, 6);
    expect(annualVolatility([100, 110, 121])).toBeCloseTo(0, 12);
    expect(annualVolatility([100, 110])).toBeNull();
  });

  test("the deepest fall has its peak before its trough, and says when it was made good", () => {
    expect(maxDrawdown(points(100, 120, 90, 60, 119, 120, 125))).toEqual({
      depth: -0.5,
      peak: "2001-12",
      trough: "2002-02",
      recovered: "2002-04",
    });
  });

  test("a later, deeper fall from a new peak wins, and one that was not made good says so", () => {
    expect(maxDrawdown(points(100, 80, 100, 200, 50, 60))).toEqual({
      depth: -0.75,
      peak: "2002-02",
      trough: "2002-03",
      recovered: null,
    });
  });

  test("a price that only rises has no drawdown", () => {
    expect(maxDrawdown(points(1, 2, 2, 3))).toBeNull();
  });

  test("correlation: the same moves give 1, mirrored moves give -1", () => {
    const up = series("A", 1, 2, 1, 4, 2);
    expect(correlation(up, series("B", 10, 20, 10, 40, 20))).toBeCloseTo(1, 12);
    expect(correlation(up, series("C", 8, 4, 8, 2, 4))).toBeCloseTo(-1, 12);
    expect(correlation(up, series("D", 5, 5, 5, 5, 5))).toBeNull();
  });

  test("correlation counts only months that both series have", () => {
    const short = { ...series("B"), points: points(9, 10, 20, 10, 40).slice(1) };
    expect(correlation(series("A", 7, 1, 2, 1, 4), short)).toBeCloseTo(1, 12);
  });

  test("below one year there is no yearly return, with one price no figure at all", () => {
    expect(measure(series("A", 10, 11, 12)).annualReturn).toBeNull();
    expect(() => measure(series("A", 10))).toThrow(
      "`points` of A must hold two prices or more, got 1",
    );
  });
});

describe("the prices", () => {
  test("a date that cannot be read is refused, not guessed", () => {
    expect(() => parsePrices("symbol,date,price\nIBM,2000-01-01,1\n")).toThrow("2000-01-01");
  });

  test("the real file: Apple's 123 months, from 25.94 to 223.02 dollars", async () => {
    const apple = (await readPrices()).get("AAPL");
    expect(apple?.points).toHaveLength(123);
    const figures = measure(apple!);
    expect(figures).toMatchObject({
      from: "2000-01",
      to: "2010-03",
      firstPrice: 25.94,
      lastPrice: 223.02,
    });
    expect(figures.totalReturn).toBeCloseTo(7.597533, 6);
    // 122 months: 8.597533 ^ (12 / 122) - 1.
    expect(figures.annualReturn).toBeCloseTo(Math.exp((Math.log(8.5975328) * 12) / 122) - 1, 6);
  });

  test("the real file: IBM fell from 125.14 in May 2008 to 79.65 in November", async () => {
    const ibm = (await readPrices()).get("IBM");
    const crash = measure(within(ibm!, { from: "2007-10", to: "2009-03" }));
    expect(crash.drawdown).toMatchObject({ peak: "2008-05", trough: "2008-11", recovered: null });
    expect(crash.drawdown?.depth).toBeCloseTo(79.65 / 125.14 - 1, 12);
    expect(crash.totalReturn).toBeCloseTo(-0.143333, 6);
  });
});
