import type { LogStore } from "../log/store.ts";
import type { ContractCheck } from "./check.ts";
import { closingChecks } from "./store/closing.ts";
import { creatingChecks } from "./store/creating.ts";
import { publishingChecks } from "./store/publishing.ts";
import { attachingChecks } from "./store/attaching.ts";
import { readingChecks } from "./store/reading.ts";
import { retentionChecks } from "./store/retention.ts";
import { leaseChecks, sealingChecks } from "./store/sealing.ts";
import { Trial, type Claims } from "./store/trial.ts";
import { writingChecks } from "./store/writing.ts";

/** What {@link storeContract} takes. */
export interface StoreContractOptions {
  /**
   * Opens a store. Called again while one is open, it opens another on the same logs, as a second process would; where
   * there can be no other, it answers the same. Each is closed when its check is over.
   */
  open: () => LogStore | Promise<LogStore>;
  /** Whether the lease of a producer that says nothing runs out. Not where producer and store are gone together. */
  leasesRunOut: boolean;
}

/**
 * Tells what a {@link LogStore} must do, as checks for any test runner: whatever passes is a store.
 *
 * Logs get names of their own, so that the checks may run at once and on a store that holds others' logs.
 *
 * @example
 * for (const { name, run } of storeContract({ open: () => store, leasesRunOut: true })) test(name, run)
 */
export function storeContract({ open, leasesRunOut }: StoreContractOptions): ContractCheck[] {
  const claims: Claims = {
    ...creatingChecks,
    ...writingChecks,
    ...publishingChecks,
    ...sealingChecks,
    ...(leasesRunOut ? leaseChecks : {}),
    ...readingChecks,
    ...attachingChecks,
    ...retentionChecks,
    ...closingChecks,
  };
  return Object.entries(claims).map(([name, check]) => ({
    name,
    run: async () => {
      const trial = new Trial(open);
      try {
        await check(await trial.open(), trial);
      } finally {
        await trial.end();
      }
    },
  }));
}
