/** Starts the stock analyst: `npm start`, `npm start -- --host hono --port 8080 --instances 2`. */
import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import { parseArgs, styleText } from "node:util";
import { StoreError } from "./app/store.mjs";
import { startInstances } from "./process/instances.mjs";
import { isTaken, serve } from "./process/serve.mjs";

const HOSTS = ["express", "hono", "node"];
const MOST_INSTANCES = 8;

const HELP = `
  The stock analyst: a LangGraph graph, streamed by ssekit.

    npm start                      on Express, http://127.0.0.1:3000
    npm start -- --host hono       on Hono
    npm start -- --host node       on bare Node
    npm start -- --instances 2     two processes behind the port; they share runs through Redis

    --port N        this port, and no other (also: PORT)
    --listen ADDR   bind this address; default 127.0.0.1
    --help

  With REDIS_URL set, runs are kept in that Redis; else in memory, and gone with the process.
  With OPENAI_API_KEY or OPENAI_BASE_URL set, a model words the answers (OPENAI_MODEL names it).
`;

/** A wrong command line: told in one sentence, without a stack. */
class UsageError extends Error {}

/** @typedef {import('./process/serve.mjs').ServeOptions} ServeOptions */

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        host: { type: "string", default: "express" },
        port: { type: "string" },
        listen: { type: "string", default: "127.0.0.1" },
        instances: { type: "string", default: "1" },
        help: { type: "boolean", short: "h", default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (!HOSTS.includes(values.host))
    throw new UsageError(`--host must be one of ${HOSTS.join(", ")}, got "${values.host}"`);
  const asked = values.port ?? (process.env.PORT || undefined);
  const port = asked === undefined ? undefined : Number(asked);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new UsageError(`--port must be a whole number from 0 to 65535, got "${asked}"`);
  }
  const instances = Number(values.instances);
  if (!(Number.isInteger(instances) && instances >= 1 && instances <= MOST_INSTANCES)) {
    throw new UsageError(
      `--instances must be a whole number from 1 to ${MOST_INSTANCES}, got "${values.instances}"`,
    );
  }
  return { ...values, port, instances };
}

/** @param {ServeOptions} options @param {string} url @param {number[]} processes */
function greet({ host, instances }, url, processes) {
  const model = process.env.OPENAI_API_KEY || process.env.OPENAI_BASE_URL;
  const rows = [
    ["Open", paint(["bold", "cyan"], url)],
    ["Host", instances === 1 ? host : `${host}, processes ${processes.join(" and ")}`],
    [
      "Runs",
      process.env.REDIS_URL
        ? "kept in Redis (REDIS_URL): another process, or the next one, goes on telling them"
        : "kept in memory: gone with the process (REDIS_URL would keep them in Redis)",
    ],
    [
      "Words",
      model ? "the model of OPENAI_BASE_URL / OPENAI_API_KEY" : "the demo's own (no key needed)",
    ],
    ["Stop", "Ctrl-C"],
  ];
  const lines = rows.map(([name, value]) => `  ${paint("dim", name.padEnd(7))}${value}`);
  process.stdout.write(`\n  ${paint("bold", "Stock analyst")}\n\n${lines.join("\n")}\n\n`);
  if (instances > 1 && !process.env.REDIS_URL) {
    process.stdout.write(
      `  ${paint(["bold", "yellow"], `${instances} instances need Redis.`)} Each keeps its own runs in memory, and a page that comes back, or stops a run, may\n` +
        `  reach another one, which does not know it. Start Redis and set REDIS_URL.\n\n`,
    );
  }
}

/** Colours on a terminal only. @param {Parameters<typeof styleText>[0]} format @param {string} text */
function paint(format, text) {
  return styleText(format, text, { stream: process.stdout });
}

async function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  if (cluster.isWorker) {
    const { port, url } = await serve(options);
    process.send?.({ port, url });
  } else if (options.instances === 1) {
    const { url } = await serve(options);
    greet(options, url, [process.pid]);
  } else {
    const self = fileURLToPath(import.meta.url);
    await startInstances(self, options, (url, processes) => greet(options, url, processes));
  }
}

try {
  await main();
} catch (thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const taken = isTaken(error)
    ? `port ${error.port} is taken; choose another with --port`
    : undefined;
  const isPlain = error instanceof UsageError || error instanceof StoreError;
  const sentence = isPlain ? error.message : taken;
  process.stderr.write(
    sentence === undefined
      ? `${error.stack}\n`
      : `\n  ${sentence}\n  npm start -- --help tells the options\n\n`,
  );
  process.exitCode = 1;
  cluster.worker?.disconnect();
}
