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
 * Resumes when a producer that is in the middle of a burst of microtasks has paused, so that awaited sends too
 * leave in full batches. It waits only for turns that run anyway before the event loop goes on: no event is delayed.
 */
export function afterBurst(burst: Burst, resume: () => void): void {
  const { process } = globalThis as NextTicks;
  // Node and Bun run their next ticks when the microtasks of a turn have run: the end of a burst, for next to nothing.
  // Asked for in a tick, the next one would come before them: hence from a microtask.
  if (ticksAreLate) queueMicrotask(() => process?.nextTick?.(resume));
  else void quietTurns(burst).then(resume);
}

interface NextTicks {
  process?: { nextTick?: (resume: () => void) => void };
}

/** Whether there are next ticks, and they come after all microtasks. Some hosts have something else of that name. */
let ticksAreLate: boolean | undefined;

async function quietTurns(burst: Burst): Promise<void> {
  const { process } = globalThis as NextTicks;
  const isTrial = ticksAreLate === undefined && process?.nextTick !== undefined;
  let isLate = true;
  let turns = 0;
  if (isTrial) {
    // Asked for in a tick, the next one would come early for that reason alone.
    await undefined;
    process?.nextTick?.(() => (isLate = turns >= QUIET_TURNS));
  }
  for (let quiet = 0; quiet < QUIET_TURNS && !burst.isFullBatch; turns += 1) {
    const before = burst.added;
    await undefined;
    quiet = burst.added === before ? quiet + 1 : 0;
  }
  if (isTrial && turns >= QUIET_TURNS) ticksAreLate = isLate;
}
