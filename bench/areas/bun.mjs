import { existsSync } from "node:fs";
import { join } from "node:path";
import { check } from "../harness/check.mjs";
import { rateOfStreams, startReader } from "../harness/one-stream.mjs";
import { BENCH } from "../harness/paths.mjs";
import { startProcess } from "../harness/process.mjs";

const TOKENS = 200_000;
const STREAMS = { warmUps: 4, streams: 9 };
/** A process is asked for its clock this often; the quickest answer is the most exact. */
const CLOCK_TRIES = 20;

/**
 * The stream area's job on another host: one stream over a socket, the server in a process of Bun, its reader in one of Node.
 *
 * A contender's door: `serve(source)` answers a listening server of `Bun.serve` (port 0). On each request it sends one event
 * per string of `source.take()`, in order, then `[DONE]`. The clock starts at `take()`.
 * Contenders name `bun` among their packages: without it they are left out.
 */
export default {
  roundsTimes: 2,
  checked: "200 k frames, each whole, in order, unchanged; the response ended as it should",
  scenarios: {
    token: { title: "200 k token events through one response on Bun", unit: "events/s" },
  },

  async measure({ id, contentKey }) {
    const server = startProcess("bun-server.mjs", [id], { execPath: bunPath() });
    try {
      const { port } = await ask(server, { ask: "serve" });
      const reader = startReader(port, contentKey);
      try {
        return { value: await rateOfStreams(() => timeStream(server, reader), TOKENS, STREAMS) };
      } finally {
        reader.stop();
      }
    } finally {
      server.stop();
    }
  },
};

async function timeStream(server, reader) {
  await ask(server, { ask: "fill", count: TOKENS });
  const { lastByteAt } = await reader.read(TOKENS);
  const { ahead, startedAt } = await readClock(server);
  return Number(lastByteAt + ahead - startedAt) / 1e9;
}

/** How far the server's clock is ahead of this machine's: exact to half the time of the quickest answer, some 50 µs. */
async function readClock(server) {
  let best;
  for (let i = 0; i < CLOCK_TRIES; i++) {
    const before = process.hrtime.bigint();
    const { now, startedAt } = await ask(server, { ask: "clock" });
    const took = process.hrtime.bigint() - before;
    const ahead = BigInt(now) - (before + took / 2n);
    if (!best || took < best.took) best = { took, ahead, startedAt: BigInt(startedAt) };
  }
  return best;
}

async function ask(server, request) {
  const answer = await server.ask(request);
  check(!answer.failed, answer.failed);
  return answer;
}

/** Its package names it so on every system. */
function bunPath() {
  const path = join(BENCH, "node_modules", "bun", "bin", "bun.exe");
  check(existsSync(path), "bun was installed without its binary: its install script did not run");
  return path;
}
