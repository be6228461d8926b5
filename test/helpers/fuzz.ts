import * as fc from "fast-check";

/**
 * Sets up fast-check for a file: another seed on every run, and a failure prints its seed, its path and the
 * shrunk counterexample. `FUZZ_SEED=…` runs that seed again, `FUZZ_RUNS=…` looks longer.
 */
export function configureFuzz({ runs }: { runs: number }): void {
  const { FUZZ_SEED, FUZZ_RUNS } = process.env;
  fc.configureGlobal({
    seed: FUZZ_SEED === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(FUZZ_SEED),
    numRuns: FUZZ_RUNS === undefined ? runs : Number(FUZZ_RUNS),
    verbose: fc.VerbosityLevel.Verbose,
  });
}

/** Text that a hostile caller would pass: what ends lines, what names fields, and anything else. */
export function hostileText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom("\r", "\n", "\r\n", "\n\n", "\0", "\u2028", "\u2029", "\u0085", "\uFEFF", "\v"),
    fc.constantFrom(":", " ", "data", "data: ", "id: 9", "event: evil", "retry: 1", "[DONE]"),
    fc.constantFrom("ä", "€", "😀", "見", "e\u0301"),
    fc.string({ unit: "grapheme", maxLength: 8 }),
  );
  return fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
}
