import * as fc from "fast-check";
import type { Fault, Plan } from "./fault-proxy.ts";

export interface RandomFaultOptions {
  /** So many connections have a fault at most; then the network is well. */
  connections?: number;
  /** Cuts and stalls come within so many bytes. */
  withinBytes?: number;
  /** Off for a reader that has no watchdog: a stall would keep it for ever. */
  stalls?: boolean;
}

/** A network that has each of `faults` in turn and is well from then on. */
export function planOf(faults: readonly Fault[]): Plan {
  return (connection) => faults[connection] ?? {};
}

/** A network that fails in ways that `seed` decides and that heals. The same seed is the same plan. */
export function randomPlan(seed: number, options: RandomFaultOptions = {}): Plan {
  return planOf(randomFaults(seed, options));
}

/** The faults of {@link randomPlan}, one for each connection: what a failing test says of its network. */
export function randomFaults(
  seed: number,
  { connections = 6, withinBytes = 2_000, stalls = true }: RandomFaultOptions = {},
): Fault[] {
  const faults = fc.array(anyFault(withinBytes, stalls), {
    minLength: 1,
    maxLength: connections,
    size: "max",
  });
  return fc.sample(faults, { seed, numRuns: 1 })[0] ?? [];
}

/** Seeds for the names of tests: other ones on every run, `FUZZ_SEED=…` that one again, `FUZZ_RUNS=…` more. */
export function planSeeds(count: number): number[] {
  const { FUZZ_SEED, FUZZ_RUNS } = process.env;
  if (FUZZ_SEED !== undefined) return [Number(FUZZ_SEED)];
  const first = Math.trunc(Math.random() * 2 ** 30);
  return Array.from({ length: Number(FUZZ_RUNS ?? count) }, (_, index) => first + index);
}

function anyFault(withinBytes: number, stalls: boolean): fc.Arbitrary<Fault> {
  const after = fc.nat({ max: withinBytes });
  const cut = fc.record({
    cutAfter: after,
    how: fc.constantFrom("fin" as const, "rst" as const),
    of: counted(),
  });
  const stall = fc.record({ stallAfter: after, of: counted() });
  const shape = fc.record(
    {
      sliceBytes: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 64 })),
      reframe: fc.constant("close" as const),
    },
    { requiredKeys: [] },
  );
  // Few and large slices only: a wait before each of many would be all that a test does.
  const slow = fc.record({
    latencyMs: fc.integer({ min: 1, max: 3 }),
    sliceBytes: fc.integer({ min: 256, max: 1_024 }),
  });
  const broken = stalls ? fc.oneof({ weight: 4, arbitrary: cut }, stall) : cut;
  const shaped = fc.tuple(broken, fc.oneof({ weight: 4, arbitrary: shape }, slow));
  return fc.oneof(
    { weight: 6, arbitrary: shaped.map(([end, form]): Fault => Object.assign({}, end, form)) },
    fc.constant<Fault>({ refuse: true }),
    shape,
  );
}

function counted(): fc.Arbitrary<NonNullable<Fault["of"]>> {
  return fc.constantFrom("response", "body", "events");
}
