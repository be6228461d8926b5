import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./sources.ts";

const run = promisify(execFile);

/** What a shell of a newcomer has: nothing that npm set for the script which runs these tests. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)/.test(name) &&
      name !== "INIT_CWD",
  );
  // The Node that runs this test comes first: the one of the machine may be older.
  const path = [dirname(process.execPath), process.env.PATH].join(":");
  return { ...Object.fromEntries(inherited), PATH: path };
}

/** Runs a program to its end. Rejects with what it printed when it failed. */
export async function exec(file: string, args: string[], cwd: string = ROOT): Promise<string> {
  try {
    const { stdout } = await run(file, args, {
      cwd,
      env: cleanEnvironment(),
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(" ")} failed\n${stdout ?? ""}\n${stderr ?? ""}`, {
      cause: error,
    });
  }
}

export const npm = (args: string[], cwd?: string): Promise<string> => exec("npm", args, cwd);

/** An empty folder outside the repository. */
export const emptyFolder = (name: string): string =>
  mkdtempSync(join(realpathSync(tmpdir()), `ssekit-${name}-`));

/** What `npm pack` says of the tarball that it made. */
export interface Packed {
  /** Where it is. */
  file: string;
  /** What it holds. */
  paths: string[];
}

/** Packs the build that is there, as `npm publish` would. */
export async function pack(): Promise<Packed> {
  const folder = emptyFolder("pack");
  const [packed] = JSON.parse(
    await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder]),
  ) as [{ filename: string; files: Array<{ path: string }> }];
  return {
    file: join(folder, packed.filename),
    paths: packed.files.map(({ path }) => path),
  };
}
