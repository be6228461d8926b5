import type { TickerEntry } from "../core/ticker.ts";
import { sharedTicker } from "../core/ticker.ts";
import type { LiveRun } from "./live-run.ts";
import type { LogStore } from "./store.ts";

/** Renewals come so many times in the time that one holds: some may be late or fail. */
const RENEWALS_PER_LEASE = 3;

/** The runs that are produced here: their leases are renewed together. */
export class LeaseKeeper implements TickerEntry {
  readonly #store: LogStore;
  readonly #leaseMs: number;
  readonly #runs = new Map<string, LiveRun>();
  slot: number | undefined = undefined;

  constructor(store: LogStore, leaseMs: number) {
    this.#store = store;
    this.#leaseMs = leaseMs;
  }

  get(streamId: string): LiveRun | undefined {
    return this.#runs.get(streamId);
  }

  /** Keeps it until it has ended. */
  keep(run: LiveRun): void {
    const { streamId } = run.given.lease;
    this.#runs.set(streamId, run);
    if (this.#runs.size === 1) sharedTicker().add(this, sharedTicker().now() + this.#pauseMs);
    run.atEnd(() => {
      if (this.#runs.get(streamId) === run) this.#runs.delete(streamId);
      if (this.#runs.size === 0) sharedTicker().remove(this);
    });
  }

  onDue(now: number): number {
    void this.#renew();
    return now + this.#pauseMs;
  }

  get #pauseMs(): number {
    return this.#leaseMs / RENEWALS_PER_LEASE;
  }

  async #renew(): Promise<void> {
    const runs = [...this.#runs.values()];
    try {
      const lost = new Set(await this.#store.renew(runs.map(({ given }) => given.lease)));
      for (const run of runs) if (lost.has(run.given.lease.streamId)) run.lose();
    } catch {
      // The store is away. It is asked again in time, and what has run out by then may be taken again.
    }
  }
}
