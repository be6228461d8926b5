import { once } from "node:events";

/**
 * Starts a `node:http` server; `0` is any free port. `close` ends open streams too.
 *
 * @param {import("node:http").Server} server
 * @param {number} port
 */
export async function listen(server, port) {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
