/** Starts the stock analyst: `npm start`, `npm start -- --host hono --port 8080`. */
import { parseArgs, styleText } from "node:util";

const HOSTS = ["express", "hono", "node"];
const DEFAULT_PORT = 3000;
const PORTS_TRIED = 20;

const HELP = `
  The stock analyst: a LangGraph graph, streamed by ssekit.

    npm start                      on Express, http://127.0.0.1:3000
    npm start -- --host hono       on Hono
    npm start -- --host node       on bare Node

    --port N        this port, and no other (also: PORT)
    --listen ADDR   bind this address; default 127.0.0.1
    --help

  With OPENAI_API_KEY or OPENAI_BASE_URL set, a model words the answers (OPENAI_MODEL names it).
`;

/** A wrong command line: told in one sentence, without a stack. */
class UsageError extends Error {}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        host: { type: "string", default: "express" },
        port: { type: "string" },
        listen: { type: "string", default: "127.0.0.1" },
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
  return { ...values, port };
}

/**
 * The asked port or an error; without one asked for, the first free one from 3000 on.
 *
 * @param {(port: number, options: { hostname: string }) => Promise<import('./hosts/listen.mjs').Host>} start
 * @param {{ port: number | undefined, listen: string }} options
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

/** @param {string} host @param {string} url */
function greet(host, url) {
  const model = process.env.OPENAI_API_KEY || process.env.OPENAI_BASE_URL;
  const rows = [
    ["Open", paint(["bold", "cyan"], url)],
    ["Host", host],
    [
      "Words",
      model ? "the model of OPENAI_BASE_URL / OPENAI_API_KEY" : "the demo's own (no key needed)",
    ],
    ["Stop", "Ctrl-C"],
  ];
  const lines = rows.map(([name, value]) => `  ${paint("dim", name.padEnd(7))}${value}`);
  process.stdout.write(`\n  ${paint("bold", "Stock analyst")}\n\n${lines.join("\n")}\n\n`);
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
  const { start } = await import(`./hosts/${options.host}.mjs`);
  const host = await startSomewhere(start, options);
  greet(options.host, host.url);
  const stop = () => {
    if (process.stdout.isTTY) process.stdout.write("\n");
    void host.close();
  };
  // A second Ctrl-C ends the process the hard way: the listeners are gone by then.
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

/** @param {unknown} error @returns {error is Error & { port: number }} */
function isTaken(error) {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

try {
  await main();
} catch (thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const taken = isTaken(error)
    ? `port ${error.port} is taken; choose another with --port`
    : undefined;
  const sentence = error instanceof UsageError ? error.message : taken;
  process.stderr.write(
    sentence === undefined
      ? `${error.stack}\n`
      : `\n  ${sentence}\n  npm start -- --help tells the options\n\n`,
  );
  process.exitCode = 1;
}
