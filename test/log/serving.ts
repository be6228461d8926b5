import { join } from "node:path";
import type { Reader } from "../helpers/reader.ts";
import { openHttp } from "../helpers/reader.ts";
import { run } from "../helpers/program.ts";
import { ROOT } from "../helpers/sources.ts";

const PROGRAM = join(ROOT, "test/log/programs/serve-runs.ts");

/** Starts a server of runs as a process of its own: see `programs/serve-runs.ts`. */
export async function serveRuns(environment: Record<string, string> = {}) {
  const server = run(process.execPath, [PROGRAM], { ...process.env, ...environment });
  const { value: url } = (await server.lines.next()) as { value: string };
  return {
    ...server,
    url,
    /** Starts a run, and leaves. Answers where it can be read. */
    start: async (asked: object, headers: Record<string, string> = {}): Promise<string> => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify(asked), headers });
      await response.body?.cancel();
      const path = response.headers.get("content-location");
      if (path === null) throw new Error(`not started: ${response.status}`);
      return new URL(path, url).href;
    },
    read: (from: string): Promise<Reader> => openHttp(from),
  };
}
