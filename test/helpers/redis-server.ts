import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

const BINARY = "redis-server";

/** Whether there is a Redis to test against. On CI it must be there; elsewhere it is said that it is not. */
export function hasRedis(): boolean {
  if (spawnSync(BINARY, ["--version"]).status === 0) return true;
  if (process.env.CI) throw new Error(`${BINARY} is not installed, and CI must have it`);
  console.log(`${BINARY} is not installed: what needs it is skipped`);
  return false;
}

/** A server of one test file, on a port and in a folder of its own. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Ends it as a crash would: what was not written is lost. */
  kill(): Promise<void>;
  /** Stops it without a word to anybody, as a lost network would, until `resume`. */
  freeze(): void;
  resume(): void;
  /** Starts it again, on the same port and folder. */
  start(): Promise<void>;
  /** Ends it, and its folder with it. */
  stop(): Promise<void>;
}

/** Starts a Redis. With `appendOnly` it keeps on disk what it has acknowledged. */
export async function startRedis({
  appendOnly = false,
  isCluster = false,
} = {}): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "ssekit-redis-"));
  const flags = ["--port", `${port}`, "--dir", folder, "--save", "", "--bind", "127.0.0.1"];
  if (appendOnly) flags.push("--appendonly", "yes", "--appendfsync", "always");
  if (isCluster) flags.push("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1");
  let running: ChildProcess | undefined;
  const start = async () => {
    running = spawn(BINARY, flags, { stdio: "ignore" });
    await isUp(running, port);
  };
  const kill = async () => {
    const ending = running;
    running = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = once(ending, "exit");
    ending.kill("SIGKILL");
    await ended;
  };
  const stop = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  const freeze = () => void running?.kill("SIGSTOP");
  const resume = () => void running?.kill("SIGCONT");
  return { port, url: `redis://127.0.0.1:${port}`, start, kill, stop, freeze, resume };
}

/** Waits until it answers a PING: while it loads what it had, it does not. */
async function isUp(server: ChildProcess, port: number): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!(await answersPing(port))) {
    if (server.exitCode !== null || Date.now() > giveUpAt) throw new Error("Redis does not start");
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(false));
    socket.on("data", (data) => {
      resolve(data.toString().startsWith("+PONG"));
      socket.destroy();
    });
  });
}
