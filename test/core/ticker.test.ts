import { expect, test } from "vitest";
import { sharedTicker } from "../../src/core/ticker.ts";

test("something that is always due at once does not hang the process", async () => {
  const ticker = sharedTicker();
  let turns = 0;
  const always = {
    onDue: (now: number) => {
      turns += 1;
      return now;
    },
    slot: undefined,
  };
  ticker.add(always, ticker.now());
  await new Promise((resolve) => setTimeout(resolve, 200));
  ticker.remove(always);
  expect(turns).toBeGreaterThan(0);
});
