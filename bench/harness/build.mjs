import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { npmCommand } from "./npm.mjs";
import { ROOT } from "./paths.mjs";

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

function newestChange(folder) {
  const times = readdirSync(folder, { recursive: true }).map(
    (name) => statSync(join(folder, name)).mtimeMs,
  );
  return Math.max(0, ...times);
}
