import { parseArgs } from "node:util";

export const USAGE = `Usage: npm run bench [-- area … options]

  area            bun, client, encode, fanout, growth, heartbeat, idle, latency, log, pace, parse, queue, stream;
                  all when none is named
  --rounds N      interleaved rounds, each contender in a fresh process (default 5);
                  areas whose processes are short take two or three times as many
  --only TEXT     limit, ssekit and the contenders whose file name holds TEXT
  --case TEXT     the cases whose name holds TEXT
  --json FILE     where every sample is written (default: bench/results/)
  --chart FILE    the run as an SVG, and the figures of the picture as JSON beside it`;

/** Turns the command line into options, or ends the process with a sentence that names what was wrong. */
export function parseOptions(args) {
  try {
    return readOptions(args);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function readOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "5" },
      only: { type: "string" },
      case: { type: "string" },
      json: { type: "string" },
      chart: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(`--rounds must be a positive integer, got ${values.rounds}`);
  }
  if (values.chart !== undefined && !values.chart.endsWith(".svg")) {
    throw new RangeError(`--chart must name an .svg file, got ${values.chart}`);
  }
  return {
    areas: positionals,
    rounds,
    only: values.only,
    scenario: values.case,
    json: values.json,
    chart: values.chart,
    help: values.help,
  };
}
