import { once } from "node:events";
import { createServer } from "node:net";

// Below the ports that a system gives to whoever asks for any: a server that is started with a port of its own, or
// again with the same, would else find there what another test has been given meanwhile.
const FIRST = 10_000;
const COUNT = 10_000;

/** A port for a server that cannot be started on port 0. It is given to nobody who asks for any port. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server.listen(port, "127.0.0.1"), "listening");
  try {
    await listening;
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
