// The demo as `npm start` runs it: main.mjs, in processes of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { listen } from "./listen.ts";
import { ROOT } from "./sources.ts";

export interface DemoProcess {
  url: string;
  port: string;
  /** All that it has printed so far. */
  said: () => string;
  /** Asks it to end, and answers with its exit code once it has. */
  end: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Starts it and waits until it tells where it is. It is gone after the test. */
export async function startDemo(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<DemoProcess> {
  const child = spawn(process.execPath, ["examples/stock-analyst/main.mjs", ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], NO_COLOR: "1", ...env },
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  onTestFinished(async () => {
    // The first process of several takes the others along.
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 12_000).unref();
    await exited;
  });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const add = (piece: Buffer) => {
      said += piece.toString();
      const [found] = /http:\/\/\S+:\d+/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    void exited.then(([code]) => reject(new Error(`the demo ended with ${code}: ${said}`)));
  });
  return {
    url,
    port: new URL(url).port,
    said: () => said,
    async end(signal = "SIGTERM") {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

/** A model that says one word after another, slowly, until it is told to finish. */
export async function slowModel(wordMs = 60) {
  let isFinishing = false;
  const { url, close } = await listen((request, response) => {
    request.resume();
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      const choices = [{ index: 0, delta: { content: `word${count} ` } }];
      response.write(`data: ${JSON.stringify({ choices })}\n\n`);
      if (isFinishing) response.end("data: [DONE]\n\n");
    }, wordMs);
    response.once("close", () => clearInterval(timer));
  });
  onTestFinished(close);
  return {
    env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: "none" },
    finish: () => void (isFinishing = true),
  };
}
