import { describe, expect, test } from "vitest";
import { isSettled, summarise } from "../../bench/harness/stats.mjs";

const area = {
  name: "area",
  contenders: [
    { id: "hand", title: "by hand", role: "limit" },
    { id: "own", title: "ssekit", role: "ssekit" },
    { id: "other", title: "a peer", role: "peer" },
  ],
};
const scenario = { id: "case", title: "a case", unit: "events/s" };

const samples = (rates: Record<string, number[]>) =>
  new Map(Object.entries(rates).map(([id, values]) => [id, values.map((value) => ({ value }))]));

describe("how many rounds a benchmark takes", () => {
  test("no more than asked for where the ratios agree, however the machine's speed moved", () => {
    const rates = { hand: [100, 50, 100, 60, 90], own: [121, 60, 119, 72, 109] };
    expect(isSettled(area, scenario, samples(rates))).toBe(true);
  });

  test("more where the ratios scatter, on whichever side of a goal they lie", () => {
    for (const times of [1, 3]) {
      const own = [70, 130, 90, 110, 100].map((rate) => times * rate);
      const rates = { hand: [100, 100, 100, 100, 100], own };
      expect(isSettled(area, scenario, samples(rates))).toBe(false);
    }
  });

  test("a contender without a figure asks for none", () => {
    const failed = samples({ hand: [100, 100, 100, 100, 100], own: [] });
    failed.set("own", [{ failed: "failed check" } as never]);
    expect(isSettled(area, scenario, failed)).toBe(true);
  });

  test("a peer that ran in fewer is compared in the rounds in which both ran", () => {
    const rates = { hand: [100, 100, 200], own: [50, 60, 140], other: [25, 30] };
    const { lines } = summarise(area, scenario, samples(rates));
    const [, own, other] = lines;
    expect(own?.toLimit).toEqual({ median: 0.6, min: 0.5, max: 0.7 });
    expect(other?.toLimit).toEqual({ median: 0.275, min: 0.25, max: 0.3 });
    expect(own?.toBestPeer).toEqual({ median: 2, min: 2, max: 2 });
  });
});
