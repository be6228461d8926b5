/** The middle of some measurements: one slow try on a busy machine is not the package's. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Tries `attempt` so often, one after another, and answers what each took or measured. */
export async function tries(count: number, attempt: () => Promise<number>): Promise<number[]> {
  const measured: number[] = [];
  // eslint-disable-next-line no-await-in-loop -- one at a time, or they would measure each other
  for (let n = 0; n < count; n += 1) measured.push(await attempt());
  return measured;
}

/** Resolves when `signal` aborts, with its reason. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(signal.reason);
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}

/** Resolves with what `value` answers once it has answered the same for `quietMs`. */
export async function settled(value: () => number, quietMs = 150): Promise<number> {
  for (;;) {
    const before = value();
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    if (value() === before) return before;
  }
}
