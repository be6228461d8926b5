/** What the three hosts share: all of them listen through a `node:http` server in the end. */
import { once } from "node:events";

/**
 * @typedef {object} Host
 * @property {string} url
 * @property {number} port
 * @property {import('node:http').Server} server
 * @property {() => number} activeRuns - Graphs that are at work.
 * @property {() => Promise<void>} close - Stops every run and ends the server at once. A process that is replaced takes its time: `shutdown`.
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
    port: address.port,
    server,
    activeRuns: analyst.book.active,
    close: () => closeServer(server, analyst),
  };
}

/** How long readers get to hear that they were stopped. */
const FAREWELL_MS = 300;

/** @param {import('node:http').Server} server @param {import('../app/analyst.mjs').Analyst} analyst */
async function closeServer(server, analyst) {
  if (!server.listening) return;
  analyst.stop();
  const closed = new Promise((resolve, reject) =>
    server.close((error) => (error ? reject(error) : resolve(undefined))),
  );
  server.closeIdleConnections();
  // A reader that does not take its farewell would hold the server for minutes: it is cut.
  const cut = setTimeout(() => server.closeAllConnections(), FAREWELL_MS);
  await closed;
  clearTimeout(cut);
}
