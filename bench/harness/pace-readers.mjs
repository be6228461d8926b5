// The readers of area pace, in a process of their own: bare sockets that keep what comes, and verify it at the end.
import { connect } from "node:net";
import { check } from "./check.mjs";
import { requestText, takeApart } from "./http-text.mjs";

const [port] = process.argv.slice(2);
const LAST_CHUNK = "0\r\n\r\n";
const TOKEN = / t(\d+)"/g;
const TOKENS = 1_000;

process.on("message", ({ streams }) => void answer(streams));
process.on("disconnect", () => process.exit(0));

async function answer(count) {
  try {
    const responses = await Promise.all(Array.from({ length: count }, read));
    process.send({ events: responses.reduce((sum, response) => sum + verify(response), 0) });
  } catch (error) {
    process.send({ failed: error.message });
  }
}

function read() {
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = connect({ port: Number(port), host: "127.0.0.1" });
    socket.write(requestText("close"));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      // Not every server closes the connection when asked to.
      if (chunk.toString("latin1").endsWith(LAST_CHUNK)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks)));
  });
}

/** @returns how many events one stream had: all of them, in order. */
function verify(response) {
  const { pieces } = takeApart(response);
  const body = pieces.map(({ start, end }) => response.toString("latin1", start, end)).join("");
  let next = 0;
  for (const [, token] of body.matchAll(TOKEN)) {
    check(Number(token) === next % TOKENS, `event ${next} came as t${token}`);
    next++;
  }
  return next;
}
