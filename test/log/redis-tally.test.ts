import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LogTally } from "../../src/log/stores/redis-tally.ts";
import { configureFuzz } from "../helpers/fuzz.ts";

configureFuzz({ runs: 300 });

const appends = fc.array(
  fc.record({
    lengths: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 6 }),
    /** How many of those before it says again. */
    again: fc.nat({ max: 8 }),
    isLost: fc.boolean(),
  }),
  { maxLength: 60 },
);

test("an entry goes that may stay, or stays that has to go", () => {
  const bounds = fc.record({
    maxEvents: fc.integer({ min: 1, max: 12 }),
    maxBytes: fc.integer({ min: 1, max: 120 }),
  });
  fc.assert(
    fc.property(bounds, appends, (retention, all) => {
      const tally = new LogTally({ epoch: 1, leaseMs: 1, retention }, 0);
      const said: number[] = [];
      for (const { lengths, again, isLost } of all) {
        const repeated = isLost ? [] : said.slice(-again || said.length);
        const frames = [...repeated, ...lengths].map((length) => "x".repeat(length));
        const append = { epoch: 1, sequence: said.length - repeated.length + 1, frames };
        if (isLost) tally.expect();
        expect(isLost && tally.isPlain(append)).toBe(false);
        const oldest = tally.oldestWith(append);
        said.push(...lengths);
        tally.note(append, oldest);
        const kept = said.slice(oldest - 1);
        const sum = kept.reduce((total, length) => total + length, 0);
        expect(kept.length).toBeGreaterThan(0);
        expect(kept.length).toBeLessThanOrEqual(retention.maxEvents);
        expect(sum <= retention.maxBytes || kept.length === 1).toBe(true);
        if (oldest === 1) continue;
        const more = said.slice(oldest - 2);
        const moreSum = more.reduce((total, length) => total + length, 0);
        expect(more.length > retention.maxEvents || moreSum > retention.maxBytes).toBe(true);
      }
    }),
  );
});
