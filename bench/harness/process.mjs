import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { BENCH } from "./paths.mjs";

/**
 * Starts a script of `harness/` as a process of its own that answers one message per message.
 *
 * @param options `execPath`: another runtime than the Node that measures.
 */
export function startProcess(script, args = [], options = {}) {
  const child = fork(join(BENCH, "harness", script), args.map(String), {
    execArgv: [],
    ...options,
  });
  return {
    async ask(message) {
      const gone = new AbortController();
      // What went wrong with a process that is gone stands on its stderr.
      const ended = once(child, "exit", { signal: gone.signal }).then(() => {
        throw new Error(`${script} ended without an answer`);
      });
      ended.catch(() => {});
      child.send(message);
      const [answer] = await Promise.race([once(child, "message"), ended]);
      gone.abort();
      return answer;
    },
    stop: () => void child.kill(),
  };
}
