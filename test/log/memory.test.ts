import { describe, expect, test, vi } from "vitest";
import type { Append, LogStore } from "../../src/log/index.ts";
import { memoryStore } from "../../src/log/index.ts";
import { storeContract } from "../../src/testing/index.ts";

const retention = { maxEvents: 10_000, maxBytes: 10_000_000, maxAgeMs: 60_000 };
const HUNDRED_KB = "x".repeat(100_000);

async function finished(store: LogStore, streamId: string, frames = [HUNDRED_KB]): Promise<void> {
  await store.create(streamId, { epoch: 1, retention, leaseMs: 60_000, owner: "ann" });
  const end: Append = { epoch: 1, sequence: 1, frames, outcome: "completed" };
  await store.append(streamId, end);
}

describe("memoryStore keeps the contract of a store", () => {
  const store = memoryStore();
  test.each(storeContract({ open: () => store, leasesRunOut: false }))("$name", ({ run }) =>
    expect(run()).resolves.toBeUndefined(),
  );
});

describe("memoryStore", () => {
  test("a thousand finished logs of 100 kB stay within the bound, and the newest are kept", async () => {
    const store = memoryStore({ maxBytes: 10_000_000 });
    for (let made = 0; made < 1_000; made += 1) await finished(store, `log-${made}`);
    const kept = await store.list("ann");
    expect(kept.map(({ streamId }) => streamId)).toEqual(
      Array.from({ length: 100 }, (_, index) => `log-${999 - index}`),
    );
    await store.close();
  });

  test("a log goes before the producer that holds it has ended", async () => {
    const store = memoryStore({ maxBytes: 1_000_000 });
    for (const held of ["a", "b", "c"]) {
      await store.create(held, { epoch: 1, retention, leaseMs: 60_000 });
      const frames = Array.from({ length: 8 }, () => HUNDRED_KB);
      await store.append(held, { epoch: 1, sequence: 1, frames });
    }
    for (let made = 0; made < 20; made += 1) await finished(store, `log-${made}`);
    for (const held of ["a", "b", "c"]) expect((await store.info(held))?.isHeld).toBe(true);
    // All that may go is gone, but for the one that its readers have not seen yet.
    expect((await store.list("ann")).map(({ streamId }) => streamId)).toEqual(["log-19"]);
    await store.close();
  });

  test("the log that ended first stays because it was made last", async () => {
    const store = memoryStore({ maxBytes: 250_000 });
    await store.create("slow", { epoch: 1, retention, leaseMs: 60_000 });
    await finished(store, "quick");
    const end: Append = { epoch: 1, sequence: 1, frames: [HUNDRED_KB], outcome: "completed" };
    await store.append("slow", end);
    await finished(store, "last");
    expect(await store.info("quick")).toBeUndefined();
    expect(await store.info("slow")).toBeDefined();
    await store.close();
  });

  test("a single log that is larger than the bound is gone before its end was read", async () => {
    const store = memoryStore({ maxBytes: 50_000 });
    await finished(store, "large");
    expect((await store.read("large").next()).value?.outcome).toBe("completed");
    await store.close();
  });

  test("a log that ended costs a timer of its own", async () => {
    vi.useFakeTimers();
    try {
      const store = memoryStore();
      const before = vi.getTimerCount();
      for (let made = 0; made < 500; made += 1) await finished(store, `log-${made}`, ["x"]);
      expect(vi.getTimerCount() - before).toBeLessThanOrEqual(1);
      await vi.advanceTimersByTimeAsync(70_000);
      expect(vi.getTimerCount()).toBe(before);
      expect(await store.list("ann")).toEqual([]);
      await store.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([0, -1, 1.5, Number.NaN])("maxBytes of %d is taken", (maxBytes) => {
    expect(() => memoryStore({ maxBytes })).toThrow(RangeError);
  });
});
