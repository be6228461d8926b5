// One contender of the bun area, served by Bun. This file runs there; who measures is a Node beside it.
import { loadModule } from "./catalogue.mjs";
import { createSource } from "./one-stream.mjs";

const [contenderName] = process.argv.slice(2);
const source = createSource();
let server;

const ANSWERS = {
  async serve() {
    const contender = await loadModule("contenders", "bun", contenderName);
    server = await contender.serve(source);
    return { port: server.port };
  },
  fill({ count }) {
    source.fill(count);
    globalThis.Bun.gc(true);
    return {};
  },
  /** Bun's clock starts with its process. What it says now is how the other side learns the difference. */
  clock: () => ({ now: String(process.hrtime.bigint()), startedAt: String(source.startedAt) }),
};

process.on("message", (request) => void answer(request));
process.on("disconnect", () => process.exit(0));

async function answer(request) {
  try {
    process.send(await ANSWERS[request.ask](request));
  } catch (error) {
    process.send({ failed: error.message });
  }
}
