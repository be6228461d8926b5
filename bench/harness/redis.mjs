import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts a Redis of its own, on a free port and in a temporary folder. */
export async function startRedis() {
  const { createClient } = await import("redis");
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "ssekit-bench-"));
  const flags = ["--port", port, "--dir", folder, "--save", "", "--bind", "127.0.0.1"];
  const server = spawn("redis-server", flags.map(String), { stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  const admin = createClient({ url, socket: { reconnectStrategy: 20 } }).on("error", () => {});
  await admin.connect();
  const send = (...args) => admin.sendCommand(args);
  return {
    url,
    resetCounts: () => send("CONFIG", "RESETSTAT"),
    /** How many commands it was asked since, scripts counted by what they do; and by how many connections but ours. */
    async counts() {
      const stats = await send("INFO", "commandstats");
      const list = await send("CLIENT", "LIST");
      return { commands: callsIn(stats), connections: list.trim().split("\n").length - 1 };
    },
    async stop() {
      admin.destroy();
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether there is a Redis on this machine. */
startRedis.isThere = () => spawnSync("redis-server", ["--version"]).status === 0;

function callsIn(stats) {
  let calls = 0;
  for (const [, name, count] of stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    // What this file asks itself.
    if (!/^(config|info|client)/.test(name)) calls += Number(count);
  }
  return calls;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
