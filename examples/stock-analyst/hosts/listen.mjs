/** What the three hosts share: all of them listen through a `node:http` server in the end. */
import { once } from "node:events";

/**
 * @typedef {object} Host
 * @property {string} url
 * @property {() => number} activeRuns - Graphs that are at work.
 * @property {() => Promise<void>} close - Ends every open stream and the server.
 */

/**
 * @param {import('node:http').Server} server
 * @param {number} port - `0`: any free one.
 * @param {string} hostname
 * @param {import('../app/analyst.mjs').Analyst} analyst
 * @returns {Promise<Host>}
 */
export async function listen(server, port, hostname, analyst) {
  server.listen(port, hostname);
  await once(server, "listening");
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  const shown = ["0.0.0.0", "::"].includes(hostname) ? "localhost" : hostname;
  return {
    url: `http://${shown.includes(":") ? `[${shown}]` : shown}:${address.port}`,
    activeRuns: analyst.runs.active,
    close: () => closeServer(server),
  };
}

/** @param {import('node:http').Server} server */
async function closeServer(server) {
  if (!server.listening) return;
  const closed = new Promise((resolve, reject) =>
    server.close((error) => (error ? reject(error) : resolve(undefined))),
  );
  // An open stream would hold the server for minutes. Its reader sees a cut, its graph an aborted signal.
  server.closeAllConnections();
  await closed;
}
