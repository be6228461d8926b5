// The reader of the stream area, in a process of its own: a bare socket, so that no HTTP client is the
// bottleneck. While the clock runs it only keeps what arrives; it verifies afterwards.
import { connect } from "node:net";
import { check, CheckError, checkSame } from "./check.mjs";
import { requestText, takeApart } from "./http-text.mjs";
import { tokenContents } from "./payloads.mjs";

const [port, contentKey] = process.argv.slice(2);
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

process.on("message", (request) => void answer(request));

async function answer(request) {
  const { chunks, lastByteAt } = await readAll();
  process.send({ lastByteAt: String(lastByteAt), ...verify(Buffer.concat(chunks), request) });
}

function readAll() {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let lastByteAt = 0n;
    const socket = connect({ port: Number(port), host: "127.0.0.1" });
    socket.write(requestText("close"));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (!isLast(chunks)) return;
      // Not every server closes the connection when asked to: the last chunk is the end.
      lastByteAt = process.hrtime.bigint();
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () =>
      resolve({ chunks, lastByteAt: lastByteAt || process.hrtime.bigint() }),
    );
  });
}

function isLast(chunks) {
  const last = chunks.at(-1);
  if (last.length >= LAST_CHUNK.length) return last.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  return Buffer.concat(chunks.slice(-LAST_CHUNK.length))
    .subarray(-LAST_CHUNK.length)
    .equals(LAST_CHUNK);
}

function verify(response, { count, length }) {
  try {
    const { pieces } = takeApart(response);
    const body = Buffer.concat(pieces.map(({ start, end }) => response.subarray(start, end)));
    // Further blank lines between frames mean nothing.
    const frames = body.toString("utf8").split(/\n{2,}/);
    check(frames.pop() === "", "the last frame is not finished");
    checkSame(frames.map(contentOf).filter(isContent), tokenContents(count, length), "event");
    return { bodyBytes: body.length };
  } catch (error) {
    if (error instanceof CheckError) return { failed: error.message };
    return { failed: `the stream cannot be read: ${error.message}` };
  }
}

/** The token in a frame; comments, heads and terminals of a contender's own carry none. */
function contentOf(frame) {
  const data = frame
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5))
    .join("\n");
  if (!data.trimStart().startsWith("{")) return undefined;
  return JSON.parse(data)[contentKey];
}

function isContent(content) {
  return content !== undefined;
}

process.on("disconnect", () => process.exit(0));
