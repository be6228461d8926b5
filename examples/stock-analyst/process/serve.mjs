/** One process of the demo: it serves until it is told to stop, and then takes the time that its runs need. */
import cluster from "node:cluster";
import { shutdown } from "ssekit";
import { createAnalyst } from "../app/analyst.mjs";
import { openStore } from "../app/store.mjs";

const DEFAULT_PORT = 3000;
const PORTS_TRIED = 20;
/** With Redis somebody else tells the readers what is finished here. What is in memory nobody can come back to. */
const DEADLINE_MS = { redis: 8_000, memory: 2_000 };

/**
 * @typedef {object} ServeOptions
 * @property {string} host
 * @property {number | undefined} port
 * @property {string} listen
 * @property {number} instances
 */

/** @param {ServeOptions} options @returns {Promise<import('../hosts/listen.mjs').Host>} */
export async function serve(options) {
  const { store, kind, close } = await openStore(process.env);
  const analyst = createAnalyst({ store, storeKind: kind, instances: options.instances });
  const { start } = await import(`../hosts/${options.host}.mjs`);
  const host = await startSomewhere(
    (port, where) => start(port, { ...where, analyst }),
    options,
  ).catch(async (error) => {
    await close();
    throw error;
  });

  const stop = async () => {
    if (process.stdout.isTTY) process.stdout.write("\n");
    await shutdown({ server: host.server, deadlineMs: DEADLINE_MS[kind] });
    await close();
    cluster.worker?.disconnect();
  };
  // A second Ctrl-C ends the process the hard way: the listeners are gone by then.
  process.once("SIGTERM", () => void stop());
  // The terminal tells all processes at once; the first of them passes it on to the others in its own words.
  if (cluster.isWorker) process.on("SIGINT", () => {});
  else process.once("SIGINT", () => void stop());
  return host;
}

/**
 * The asked port or an error; without one asked for, the first free one from 3000 on.
 *
 * @param {(port: number, options: { hostname: string }) => Promise<import('../hosts/listen.mjs').Host>} start
 * @param {Pick<ServeOptions, "port" | "listen">} options
 */
async function startSomewhere(start, { port, listen: hostname }) {
  if (port !== undefined) return start(port, { hostname });
  for (let tried = 0; ; tried += 1) {
    try {
      return await start(DEFAULT_PORT + tried, { hostname });
    } catch (error) {
      if (!isTaken(error) || tried >= PORTS_TRIED) throw error;
    }
  }
}

/** @param {unknown} error @returns {error is Error & { port: number }} */
export function isTaken(error) {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
