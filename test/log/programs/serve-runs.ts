// A server of runs, as a process of its own: what becomes of it and of its runs when it is stopped, killed or frozen.
// Prints its URL. `SIGTERM` shuts it down. What a POST asks for is in its body.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { respond } from "../../../src/adapters/node.ts";
import { shutdown } from "../../../src/index.ts";
import { createRunRoutes, createRuns } from "../../../src/log/index.ts";
import { storeOf } from "./store-of.ts";

/** What a run tells: so many tokens, one every so often, then whether it goes on for ever. */
interface Asked {
  tokens: number;
  everyMs?: number;
  /** Characters of each token. */
  size?: number;
  endless?: boolean;
  onDisconnect?: "continue" | "cancel";
}

const { LEASE_MS = "15000", DEADLINE_MS = "10000", PORT = "0" } = process.env;
const { store, close } = await storeOf(process.env);
const runs = createRuns({
  store,
  leaseMs: Number(LEASE_MS),
  cancelAfterMs: 100,
  onEnd: (outcome, { error }) =>
    say(`ended ${outcome} ${(error as { code?: string } | undefined)?.code ?? ""}`),
});
const routes = createRunRoutes({
  runs,
  owner: (request) => request.headers.get("x-user") ?? undefined,
  start: ({ body }) => {
    const { tokens, everyMs = 0, size = 1, endless = false, onDisconnect } = body as Asked;
    say("started");
    return {
      onDisconnect,
      producer: async (stream) => {
        for (let n = 1; n <= tokens; n += 1) {
          await stream.chunk(`${n}`.padStart(size, "."));
          if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
          if (!stream.isOpen) return;
        }
        if (endless) await new Promise(() => {});
      },
    };
  },
});
const server = createServer((request, response) => void respond(request, response, routes));
server.listen(Number(PORT), "127.0.0.1", () => {
  say(`http://127.0.0.1:${(server.address() as AddressInfo).port}/runs`);
});
process.once("SIGTERM", () => void stop());

async function stop(): Promise<void> {
  await shutdown({ server, deadlineMs: Number(DEADLINE_MS) });
  runs.close();
  close();
  say("shut down");
  // The pipes that it prints to are its only handles now; nothing else may keep it.
  setTimeout(() => say(`kept by ${process.getActiveResourcesInfo().join()}`), 100).unref();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
