/** What is known of a burst of sends while it lasts. */
export interface Burst {
  /** Grows with every event. */
  readonly added: number;
  /** Whether a batch is full: waiting on would gain nothing. */
  readonly isFullBatch: boolean;
}

/**
 * How many microtask turns without a new event end a burst. A producer that awaits its sends through a
 * wrapper or an async generator needs a handful of turns for each; an idle turn costs some 50 ns.
 */
const QUIET_TURNS = 8;

/**
 * Resolves when a producer that is in the middle of a burst of microtasks has paused, so that awaited sends too
 * leave in full batches. It waits only for turns that run anyway before the event loop goes on: no event is delayed.
 */
export async function endOfBurst(burst: Burst): Promise<void> {
  await endOfMicrotasks();
  let quiet = 0;
  while (quiet < QUIET_TURNS && !burst.isFullBatch) {
    const before = burst.added;
    await undefined;
    quiet = burst.added === before ? quiet + 1 : 0;
  }
}

interface NextTicks {
  process?: { nextTick?: (callback: () => void) => void };
}

/**
 * Node and Bun run their next ticks when the microtasks of a turn have run: the end of a burst, for the price of one
 * promise. Where there is nothing like it, or something else of that name, the quiet turns find it.
 */
function endOfMicrotasks(): Promise<void> | undefined {
  const { process } = globalThis as NextTicks;
  return process?.nextTick && new Promise((resolve) => process.nextTick?.(resolve));
}
