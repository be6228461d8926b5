import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

/**
 * Whether a test must be skipped for want of a program of the machine; then it says so. In CI (`CI=true`) it never
 * is: the test runs, and fails.
 */
export function isMissing(program: string): boolean {
  const isThere = spawnSync(program, ["--version"]).status === 0;
  if (isThere || process.env["CI"] === "true") return false;
  process.stderr.write(`skipped: \`${program}\` is not installed\n`);
  return true;
}

/** A program that runs beside the test and is gone after it. */
export interface Running {
  child: ChildProcess;
  /** What it prints, line by line, while it runs. */
  lines: AsyncIterator<string>;
  /** All lines from here on, once it has ended. Throws when it failed. */
  rest: () => Promise<string[]>;
}

export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Running {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
  onTestFinished(() => void child.kill());
  const ended = Promise.withResolvers<void>();
  let said = "";
  child.stderr.on("data", (piece: Buffer) => (said += piece.toString()));
  child.once("error", ended.reject);
  child.once("close", (code) => {
    if (code === 0) ended.resolve();
    else ended.reject(new Error(`${program} ended with ${code}: ${said}`));
  });
  // Whoever asks for the rest is told; a test that only reads lines has failed already.
  ended.promise.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const rest = async () => {
    const all: string[] = [];
    for (let next = await lines.next(); !next.done; next = await lines.next()) all.push(next.value);
    await ended.promise;
    return all;
  };
  return { child, lines, rest };
}
