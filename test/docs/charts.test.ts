import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drawComparison, toComparison } from "../../bench/harness/chart.mjs";
import { ROOT } from "../helpers/sources.ts";
import { malformed } from "../helpers/xml.ts";

interface Ratio {
  median: number;
  min: number;
  max: number;
}
interface Line {
  id: string;
  title: string;
  role: string;
  packages?: string[];
  toLimit?: Ratio;
  failed?: string;
}
interface Comparison {
  run: {
    at: string;
    node: string;
    cpu: string;
    cores: number;
    rounds: number;
    mostRounds?: number;
  };
  results: Array<{ area: string; scenario: string; title: string; lines: Line[] }>;
  peers: Record<string, string>;
}

const image = (name: string): string => readFileSync(join(ROOT, "docs/images", name), "utf8");

/** The texts that are a ratio and nothing else. */
const ratiosIn = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*class="halo[^"]*">([^<]*)</g)].map(([, ratio = ""]) => ratio);

describe.each(["bench", "log"])("docs/images/%s.svg", (name) => {
  const svg = image(`${name}.svg`);
  const data = JSON.parse(image(`${name}.json`)) as Comparison;
  const lines = data.results.flatMap((result) => result.lines);

  test("is the picture of the figures beside it: draw it by `npm run bench -- --chart`", () => {
    expect(drawComparison(data)).toBe(svg);
  });

  test("is well-formed and has colours for light and for dark pages", () => {
    expect(malformed(svg)).toBeUndefined();
    expect(svg).toContain("@media (prefers-color-scheme: dark)");
  });

  test("shows the ratio of each line, and no other", () => {
    const wanted = lines
      .filter(({ role, toLimit }) => role !== "limit" && toLimit)
      .map(({ toLimit }) => Number(toLimit?.median));
    const shown = ratiosIn(svg);
    expect(shown).toHaveLength(wanted.length);
    const near = (a: number) => wanted.some((b) => Math.abs(a - b) <= Math.max(0.005, b / 20));
    expect(shown.filter((ratio) => !near(Number(ratio)))).toEqual([]);
  });

  test("says on what, when and how often it was measured, and of which versions", () => {
    const { node, at, cores, rounds, mostRounds = rounds } = data.run;
    const counted = mostRounds > rounds ? `${rounds} to ${mostRounds}` : rounds;
    const title = /<title[^>]*>([^<]*)</.exec(svg)?.[1];
    for (const fact of [`Node ${node}`, at.slice(0, 10), `${cores} cores`, `${counted} round`]) {
      expect(title).toContain(fact);
    }
    expect(Object.values(data.peers).filter((version) => !svg.includes(version))).toEqual([]);
  });
});

describe("a chart", () => {
  const ratio = (median: number): Ratio => ({ median, min: median / 2, max: median * 2 });
  const line = (id: string, role: string, more: object) => ({ id, title: id, role, ...more });
  const comparison = (lines: object[]) => ({
    run: { at: "2026-01-02T03:04:05.678Z", node: "1.2.3", cpu: "A & B <C>", cores: 1, rounds: 2 },
    results: [{ area: "encode", scenario: "token", title: '"a" < b', bestPeer: "p", lines }],
    peers: { p: "4.5.6", unused: "7.8.9" },
  });
  const limit = line("by hand", "limit", { toLimit: ratio(1) });

  test("of names that XML has words for is well-formed", () => {
    const svg = drawComparison(comparison([limit, line("<&>", "peer", { toLimit: ratio(1) })]));
    expect(malformed(svg)).toBeUndefined();
    expect(svg).toContain("&lt;&amp;>");
  });

  test("leaves out no contender: one that failed stands there without a figure", () => {
    const svg = drawComparison(
      comparison([limit, line("gone", "peer", { failed: "failed check" })]),
    );
    expect(svg).toMatch(/>gone<.*\n.*>no figure: failed check</);
  });

  test("of a contender that is far ahead stays inside the picture", () => {
    const svg = drawComparison(comparison([limit, line("fast", "ssekit", { toLimit: ratio(50) })]));
    expect(ratiosIn(svg)).toEqual(["50.00"]);
    const ends = [...svg.matchAll(/ x="([\d.]+)"[^>]* width="([\d.]+)"/g)].map(
      ([, x, width]) => Number(x) + Number(width),
    );
    expect(Math.max(...ends)).toBeLessThanOrEqual(880);
  });

  test("tells nothing of the machine in why a contender failed", () => {
    const failed = "failed: Cannot find module '/home/somebody/bench/x.mjs'";
    const kept = toComparison(comparison([limit, line("p", "peer", { failed })])) as Comparison;
    expect(kept.results[0]?.lines[1]?.failed).toBe("failed");
  });

  test("keeps of a run only what it shows", () => {
    const samples = { values: [1, 2], value: ratio(1), extra: {} };
    const kept = toComparison(
      comparison([
        limit,
        line("p", "peer", { packages: ["p"], toLimit: ratio(1 / 3), ...samples }),
      ]),
    ) as Comparison;
    expect(kept.peers).toEqual({ p: "4.5.6" });
    expect(kept.results[0]?.lines[1]).toEqual(
      line("p", "peer", {
        packages: ["p"],
        toLimit: { median: 0.3333, min: 0.1667, max: 0.6667 },
      }),
    );
  });
});

describe("how often a run was measured", () => {
  const resultOf = (count: number) => ({
    area: "encode",
    scenario: "token",
    lines: [
      {
        id: "limit",
        title: "by hand",
        role: "limit",
        toLimit: { median: 1, min: 1, max: 1 },
        values: Array.from({ length: count }, () => 1),
      },
    ],
  });
  const drawn = (rounds: number, ...counts: number[]) => {
    const run = { at: "2026-01-02T03:04:05.678Z", node: "1.2.3", cpu: "A", cores: 1, rounds };
    return drawComparison(toComparison({ run, results: counts.map(resultOf), peers: {} }));
  };

  test("is told of areas that took more rounds than were asked for", () => {
    expect(drawn(5, 5, 15)).toContain("1 cores, A · 5 to 15 rounds");
  });

  test("is one number where they all took as many", () => {
    expect(drawn(5, 5, 5)).toContain("1 cores, A · 5 rounds");
    expect(drawn(5, 15)).toContain("1 cores, A · 15 rounds");
    expect(drawn(1, 1)).toContain("1 cores, A · 1 round<");
  });
});

describe("the check itself", () => {
  test.each([
    "<svg><g></svg>",
    "<svg>a & b</svg>",
    "<svg><g/></svg></svg>",
    "<svg a=b></svg>",
    "<svg>",
  ])("%s is malformed", (svg) => {
    expect(malformed(svg)).toBeDefined();
  });
});
