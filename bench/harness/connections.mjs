import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { check } from "./check.mjs";
import { claimYoungGeneration } from "./memory.mjs";
import { startProcess } from "./process.mjs";

const WARM_UP_CONNECTIONS = 200;
/** The engine goes on compiling what a connection runs through for as many of them as are counted afterwards. */
const WARM_UPS = 5;
/** A collection frees some things only for the next one, and what a server closes it lets go of in later turns. */
const COLLECTIONS = 5;
const TURN_MS = 60;

/**
 * What one silent stream costs the server in this process, its readers being in another.
 *
 * @param server A listening `http.Server`.
 * @param opening What each body opens with; nothing for most.
 * @returns Bytes per connection: of the engine's heap and what it holds outside, and of resident memory.
 */
export async function bytesPerConnection(server, count, opening = "") {
  checkOpenFiles(count);
  const crowd = startProcess("crowd.mjs", [server.address().port, opening]);
  try {
    // Compiled code and what exists once per process is there before the count begins.
    for (let i = 0; i < WARM_UPS; i++) {
      await resize(crowd, WARM_UP_CONNECTIONS);
      await resize(crowd, 0);
    }
    claimYoungGeneration();
    const before = await settledMemory();
    await resize(crowd, count);
    const after = await settledMemory();
    const open = await promisify(server.getConnections.bind(server))();
    check(open === count, `the server holds ${open} connections instead of ${count}`);
    return {
      usedBytes: (after.used - before.used) / count,
      rssBytes: (after.rss - before.rss) / count,
    };
  } finally {
    crowd.stop();
  }
}

async function resize(crowd, count) {
  const { failed, open } = await crowd.ask({ open: count });
  check(!failed, failed);
  check(open === count, `${open} readers are connected instead of ${count}`);
}

async function settledMemory() {
  for (let i = 0; i < COLLECTIONS; i++) {
    await sleep(TURN_MS);
    globalThis.gc();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: heapUsed + external, rss };
}

/** Each end of a connection is an open file of its process. Node has raised its limit as far as it may. */
function checkOpenFiles(count) {
  const { soft } = process.report.getReport().userLimits?.open_files ?? {};
  check(
    !(Number(soft) < count + 100),
    `this system allows ${soft} open files, too few for ${count} connections`,
  );
}
