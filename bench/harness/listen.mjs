import { once } from "node:events";
import { createServer } from "node:http";

/** A node:http server with this one handler, listening on a free port. */
export async function listen(handler) {
  const server = createServer(handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** The head that a hand writes. */
export const HEAD = { "content-type": "text/event-stream", "cache-control": "no-cache" };
