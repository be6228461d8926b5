/** What a contender delivered is not what it was given: it gets no figure. */
export class CheckError extends Error {
  name = "CheckError";
}

export function check(condition, message) {
  if (!condition) throw new CheckError(message);
}

/** Every value delivered, once, in order, unchanged. */
export function checkSame(actual, expected, what) {
  const length = Math.min(actual.length, expected.length);
  for (let i = 0; i < length; i++) {
    check(actual[i] === expected[i], `${what} ${i + 1} is not the one that was sent`);
  }
  check(
    actual.length === expected.length,
    `${actual.length} of ${expected.length} ${what}s arrived`,
  );
}
