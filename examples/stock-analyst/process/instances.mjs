/** Several processes behind one port. One that dies is replaced; the others serve meanwhile. */
import cluster from "node:cluster";
import { once } from "node:events";

/** @typedef {import('node:cluster').Worker} Worker */

/**
 * @param {string} main - What each process runs.
 * @param {import('./serve.mjs').ServeOptions} options
 * @param {(url: string, processes: number[]) => void} greet
 */
export async function startInstances(main, { port, instances }, greet) {
  const args = process.argv.slice(2);
  cluster.setupPrimary({ exec: main, args });
  const first = await startOne();
  if (first === undefined) return;
  // The first one has looked for a free port: the others share it.
  if (port === undefined) cluster.setupPrimary({ args: [...args, "--port", `${first.port}`] });
  const others = await Promise.all(Array.from({ length: instances - 1 }, startOne));
  const processes = [first, ...others].flatMap((one) => one?.process ?? []);
  greet(first.url, processes);

  let isStopping = false;
  cluster.on("exit", ({ process: { pid } }, code, signal) => {
    if (isStopping) return;
    process.stdout.write(`  Process ${pid} is gone (${signal || `code ${code}`}).\n`);
    void startOne().then((one) => {
      if (one === undefined) process.stdout.write("  No other could be started.\n");
      else process.stdout.write(`  Process ${one.process} serves in its place.\n`);
    });
  });
  const stop = () => {
    isStopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGTERM");
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

/** Starts one, and answers once it serves; `undefined` when it ended before: it has said why. */
async function startOne() {
  const worker = cluster.fork();
  const [told] = await Promise.race([once(worker, "message"), once(worker, "exit")]);
  if (typeof told?.url !== "string") {
    process.exitCode = 1;
    return undefined;
  }
  return { process: /** @type {number} */ (worker.process.pid), port: told.port, url: told.url };
}
