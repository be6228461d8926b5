import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { npmCommand } from "./npm.mjs";
import { BENCH } from "./paths.mjs";

/**
 * Installs the pinned peers of `bench/package.json` when one is missing or of another version.
 *
 * @returns `versions`: what is installed, by package. `missing`: what could not be installed; the
 * contenders that need it are left out, the rest is measured all the same.
 */
export async function ensurePeers() {
  const wanted = readJson(join(BENCH, "package.json")).devDependencies;
  let state = compare(wanted);
  if (state.missing.length > 0) {
    console.log(`Installing ${state.missing.length} pinned peers into bench/node_modules (once) …`);
    const failure = install();
    state = compare(wanted);
    if (failure) console.log(`npm ci did not succeed (${failure}).`);
    if (state.missing.length > 0)
      console.log(`${state.missing.length} peers are left out; the end of the run names them.`);
  }
  return state;
}

function install() {
  const { command, args, shell } = npmCommand(["ci", "--no-audit", "--no-fund"]);
  const { status, error } = spawnSync(command, args, {
    cwd: BENCH,
    shell,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (error) return error.message;
  return status === 0 ? undefined : `exit code ${status}`;
}

function compare(wanted) {
  const versions = {};
  const missing = [];
  for (const [name, version] of Object.entries(wanted)) {
    const installed = installedVersion(name);
    if (installed === version) versions[name] = installed;
    else missing.push(`${name}@${version}`);
  }
  return { versions, missing };
}

function installedVersion(name) {
  try {
    return readJson(join(BENCH, "node_modules", name, "package.json")).version;
  } catch {
    return undefined;
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
