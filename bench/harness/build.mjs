import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { npmCommand } from "./npm.mjs";
import { BENCH, ROOT } from "./paths.mjs";

/** Builds the package when `dist/` is missing or older than `src/`: the figures are of what users install. */
export async function ensureBuild() {
  const built = join(ROOT, "dist", "index.js");
  if (existsSync(built) && statSync(built).mtimeMs >= newestChange(join(ROOT, "src"))) return;
  console.log("Building ssekit (dist/ is missing or older than src/) …");
  const { command, args, shell } = npmCommand(["run", "--silent", "build"]);
  const { status } = spawnSync(command, args, {
    cwd: ROOT,
    shell,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    console.error("The build failed: see above. Nothing was measured.");
    process.exit(1);
  }
}

/**
 * Copies the build and names the copy to every contender's process: one that is made anew while the run goes on
 * must not change what is measured, nor pull a module from under it.
 */
export function keepBuild() {
  const copy = join(BENCH, "results", `build-${process.pid}`);
  mkdirSync(copy, { recursive: true });
  cpSync(join(ROOT, "dist"), copy, { recursive: true });
  process.env.BENCH_BUILD = copy;
  process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
}

function newestChange(folder) {
  const times = readdirSync(folder, { recursive: true }).map(
    (name) => statSync(join(folder, name)).mtimeMs,
  );
  return Math.max(0, ...times);
}
