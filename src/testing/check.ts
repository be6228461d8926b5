import { after } from "../client/timer.ts";
import { sharedTicker } from "../core/ticker.ts";

/** One thing that is promised. Any test runner will do. */
export interface ContractCheck {
  /** The complaint that it spares a user. */
  readonly name: string;
  /** Rejects when the promise is not kept. */
  readonly run: () => Promise<void>;
}

/** Every wait of a check ends: after so long what was promised has not come. */
const PATIENCE_MS = 5_000;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    after(ms, resolve);
  });
}

/** Both are plain data. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(sorted(actual)), JSON.stringify(sorted(expected))];
  if (is !== should) throw new Error(`expected ${should} as ${what}, got ${is}`);
}

/** In whatever order an object names its fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}

export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected that ${what}`);
}

/** Answers as `promise` does, or rejects when that takes too long. */
export async function soon<T>(
  promise: PromiseLike<T>,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  let cancel = () => {};
  const tooLate = new Promise<never>((_, reject) => {
    cancel = after(patienceMs, () => {
      reject(new Error(`waited ${patienceMs} ms in vain for ${what}`));
    });
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    cancel();
  }
}

/** Waits until `holds` answers that it does. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = sharedTicker().now() + PATIENCE_MS;
  while (!(await holds())) {
    if (sharedTicker().now() > giveUpAt)
      throw new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`);
    await sleep(5);
  }
}

/** Expects a rejection with that code. */
export async function expectRefusal(
  answer: Promise<unknown>,
  code: string,
  what: string,
): Promise<void> {
  const outcome = await soon(
    answer.then(
      () => "no error",
      (error: unknown) => codeOf(error),
    ),
    what,
  );
  expectSame(outcome, code, what);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return `a ${typeof error}`;
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
