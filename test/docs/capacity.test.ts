import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filled } from "../../bench/harness/capacity.mjs";
import { drawGrowth } from "../../bench/harness/growth-chart.mjs";
import { formatCost, slopeOf, toGrowth } from "../../bench/harness/growth.mjs";
import { ROOT } from "../helpers/sources.ts";
import { malformed } from "../helpers/xml.ts";

interface Point {
  x: number;
  cost: number;
}
interface Growth {
  run: { node: string; at: string };
  curves: Array<{ id: string; lines: Array<{ role: string; points: Point[] }> }>;
  memoryEachBytes: { ssekit: number };
  processorEachMicros: { ssekit: number };
}

const read = (path: string): string => readFileSync(join(ROOT, "docs", path), "utf8");
const growth = JSON.parse(read("images/growth.json")) as Growth;
const svg = read("images/growth.svg");
const page = read("explanation/capacity.md");

describe("docs/images/growth.svg", () => {
  test("is the picture of the figures beside it: draw it by `npm run bench -- growth pace --chart`", () => {
    expect(drawGrowth(growth)).toBe(svg);
  });

  test("is well-formed, has colours for light and for dark pages, and names its run", () => {
    expect(malformed(svg)).toBeUndefined();
    expect(svg).toContain("@media (prefers-color-scheme: dark)");
    expect(svg).toContain(`Node ${growth.run.node} · ${growth.run.at.slice(0, 10)}`);
  });

  test("has a dot for every point that was measured, of ssekit and of the limit", () => {
    const points = growth.curves.flatMap(({ lines }) => lines.flatMap((line) => line.points));
    expect(svg.match(/<circle/g)).toHaveLength(points.length);
    expect(growth.curves.map(({ lines }) => lines.map(({ role }) => role))).toEqual(
      growth.curves.map(() => ["ssekit", "limit"]),
    );
  });
});

describe("docs/explanation/capacity.md", () => {
  test("tells the figures of docs/images/growth.json, and no others", () => {
    expect(filled(page, growth)).toBe(page);
    expect(page.match(/<!-- figures \w+ -->/g)).toHaveLength(3);
  });

  test("its example adds up", () => {
    const cost = growth.processorEachMicros.ssekit;
    const cores = ((1_000 * 50 + 9_000 / 15) * cost) / 1e6;
    expect(page).toContain(
      `they take ${cores.toFixed(2)} cores: ${Math.ceil(cores / 0.7)} process`,
    );
    const bytes = 10_000 * growth.memoryEachBytes.ssekit;
    expect(page).toContain(`are ${Math.round(bytes / 1e6)} MB`);
    const all = Number((700_000 / (50 * cost)).toPrecision(2)).toLocaleString("en");
    expect(page).toMatch(new RegExp(`\\| all +\\| ${all} `));
  });

  test("figures of another run replace those that stand there", () => {
    const doubled = structuredClone(growth);
    doubled.memoryEachBytes.ssekit *= 2;
    const changed = filled(page, doubled);
    expect(changed).not.toBe(page);
    expect(filled(changed, growth)).toBe(page);
  });
});

describe("the figures", () => {
  const curve = (power: number) => [1, 10, 500].map((x) => ({ x, cost: 7 * x ** power }));

  test.each([0, 0.5, 1, 2])("a cost that grows with the power %d has that slope", (power) => {
    expect(slopeOf(curve(power))).toBeCloseTo(power, 10);
  });

  test.each([
    [117e-6, "seconds", "117 µs"],
    [3.263e-7, "seconds", "326 ns"],
    [0.0069, "seconds", "6.9 ms"],
    [1_170_000, "bytes", "1.2 MB"],
    [999_990, "bytes", "1 MB"],
    [26_771, "bytes", "27 kB"],
  ] as const)("%d %s are written as %s", (value, unit, text) => {
    expect(formatCost(value, unit)).toBe(text);
  });

  /** A result in which each role costs `value`, or nothing was measured of the limit. */
  const result = (area: string, scenario: string, value: number, isWhole = true) => {
    const spread = { value: { median: value, min: value, max: value } };
    const extra = { rssBytes: { median: value, min: value, max: value } };
    const failed = { role: "limit", failed: "no answer" };
    return {
      area,
      scenario,
      lines: [
        { role: "ssekit", ...spread, extra },
        isWhole ? { role: "limit", ...spread, extra } : failed,
      ],
    };
  };
  const run = {
    at: "2026-01-02T03:04:05Z",
    node: "1",
    platform: "x",
    cpu: "y",
    cores: 1,
    rounds: 1,
  };
  const points = [
    result("growth", "connections-10", 10),
    result("growth", "connections-100", 9),
    result("growth", "event-40", 1e6),
    result("growth", "event-400", 1e5),
    result("growth", "backlog-10", 50),
    result("growth", "backlog-100", 50),
  ];
  const pace = result("pace", "alone", 20);

  test("of a run are what a whole point costs, in the order of what grows", () => {
    const { curves, memoryEachBytes } = toGrowth({
      run,
      results: [...points.toReversed(), pace],
    }) as unknown as Growth;
    expect(curves.map(({ lines }) => lines[0]?.points.map(({ x, cost }) => [x, cost]))).toEqual([
      [
        [10, 100],
        [100, 900],
      ],
      [
        [40, 1e-6],
        [400, 1e-5],
      ],
      [
        [10, 5e-7],
        [100, 5e-6],
      ],
    ]);
    expect(memoryEachBytes.ssekit).toBe(9);
  });

  test("leave out a point that one of both could not reach", () => {
    const failed = result("growth", "connections-1000", 8, false);
    const { curves, memoryEachBytes } = toGrowth({
      run,
      results: [...points, failed, pace],
    }) as unknown as Growth;
    expect(curves[0]?.lines[0]?.points).toHaveLength(2);
    expect(memoryEachBytes.ssekit).toBe(9);
  });

  test("are none of a run without pace, or with less than two points of what grows", () => {
    expect(toGrowth({ run, results: points })).toBeUndefined();
    expect(toGrowth({ run, results: [...points.slice(1), pace] })).toBeUndefined();
    expect(toGrowth({ run, results: [pace] })).toBeUndefined();
  });
});
