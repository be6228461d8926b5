import { execFile } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { emptyFolder } from "../helpers/npm.ts";
import { ROOT } from "../helpers/sources.ts";

const run = promisify(execFile);
const MINUTES_MS = 180_000;

/** Where npm puts the binary of each devDependency that is a Node. */
const RUNTIMES = { 22: "node22", 24: "node", 26: "node26" };
const binaryOf = (name: string) => join(ROOT, "node_modules", name, "bin/node");

/** Set in what these tests start, so that they do not start it again. */
const INNER = "CONFORMANCE_RUNTIME";

interface Report {
  numPassedTests: number;
  testResults: Array<{
    message: string;
    assertionResults: Array<{ status: string; title: string; failureMessages: string[] }>;
  }>;
}

/** Runs the checks that need no page on another Node, and tells how they went. */
async function checksOn(
  binary: string,
): Promise<{ node: string; failed: string[]; passed: number }> {
  const file = join(emptyFolder("runtime"), "report.json");
  const args = [
    join(ROOT, "node_modules/vitest/vitest.mjs"),
    "run",
    "test/conformance/node.test.ts",
    "--typecheck.enabled=false",
    "--reporter=json",
    `--outputFile=${file}`,
  ];
  const { stdout: node } = await run(binary, ["--version"]);
  const options = { cwd: ROOT, env: { ...process.env, [INNER]: "1" } };
  const ended = await run(binary, args, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  // It fails when a check failed; without a report it did not get so far.
  if (ended !== undefined && !existsSync(file)) throw ended;
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  const failed = report.testResults.flatMap(({ message, assertionResults }) => [
    ...(message ? [message] : []),
    ...assertionResults
      .filter(({ status }) => status !== "passed")
      .map(({ title, failureMessages }) => `${title}: ${failureMessages.join("\n")}`),
  ]);
  return { node: node.trim(), failed, passed: report.numPassedTests };
}

describe.skipIf(process.env[INNER] !== undefined)("EventSource on other versions of Node", () => {
  const others = Object.entries(RUNTIMES).filter(
    ([major]) => major !== process.versions.node.split(".")[0],
  );

  test.each(others)(
    "an EventSource on Node %s does not do what it does here",
    { timeout: MINUTES_MS },
    async (major, name) => {
      const { node, failed, passed } = await checksOn(binaryOf(name));
      expect(node).toMatch(new RegExp(`^v${major}\\.`));
      expect(failed).toEqual([]);
      expect(passed).toBeGreaterThan(200);
    },
  );

  test("scripts of the package run on another Node than the one that it names for them", () => {
    // All three packages bring a `node`. npm links the first by name when it installs all of them, and another one
    // when it adds to what is there: then `npm ci` puts it right.
    const linked = realpathSync(join(ROOT, "node_modules/.bin/node"));
    expect(linked).toBe(realpathSync(binaryOf("node")));
  });
});
