// Notes when each event of a stream is here whole. While the stream runs it only keeps what arrives and when.
import { connect } from "node:net";
import { check, CheckError } from "./check.mjs";
import { requestText, takeApart } from "./http-text.mjs";

const [port, opening = ""] = process.argv.slice(2);
const LAST_CHUNK = "0\r\n\r\n";
const EVENT = /"(\d+) (\d+)"/;

process.on("message", () => void answer());
process.on("disconnect", () => process.exit(0));

async function answer() {
  try {
    process.send(delaysOf(await readAll()));
  } catch (error) {
    const prefix = error instanceof CheckError ? "" : "the stream cannot be read: ";
    process.send({ failed: `${prefix}${error.message}` });
  }
}

function readAll() {
  return new Promise((resolve, reject) => {
    const arrivals = [];
    const socket = connect({ port: Number(port), host: "127.0.0.1" });
    socket.setNoDelay(true);
    socket.write(requestText("close"));
    socket.on("data", (chunk) => {
      arrivals.push({ at: process.hrtime.bigint(), chunk });
      // Not every server closes the connection when asked to.
      if (chunk.toString("latin1").endsWith(LAST_CHUNK)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(arrivals));
  });
}

/** Nanoseconds from the moment that stands in each event to the moment when its blank line was here. */
function delaysOf(arrivals) {
  const response = Buffer.concat(arrivals.map(({ chunk }) => chunk));
  const { headEnd, pieces } = takeApart(response);
  const arrivedAt = createClock(arrivals);
  const headAt = arrivedAt(headEnd);
  const delays = [];
  let frames = "";
  let openedAt = headAt;
  for (const { start, end } of pieces) {
    frames += response.toString("latin1", start, end);
    const whole = frames.lastIndexOf("\n\n") + 2;
    if (whole < 2) continue;
    const at = arrivedAt(end);
    for (const frame of frames.slice(0, whole).split("\n\n")) {
      const [, sequence, sentAt] = EVENT.exec(frame) ?? [];
      if (opening !== "" && frame === opening) openedAt = at;
      if (sentAt === undefined) continue;
      check(Number(sequence) === delays.length, `event ${sequence} came as ${delays.length}`);
      if (delays.length === 0) checkOpening(response, { openedAt, headAt, sentAt });
      delays.push(Number(at - BigInt(sentAt)));
    }
    frames = frames.slice(whole);
  }
  return { delays };
}

function checkOpening(response, { openedAt, headAt, sentAt }) {
  check(headAt < BigInt(sentAt), "the head came only with the first event");
  check(response.includes(opening), "the opening comment is missing");
  check(openedAt < BigInt(sentAt), "the opening comment came only with the first event");
}

/** When the byte before `offset` arrived; asked in rising order. */
function createClock(arrivals) {
  let index = 0;
  let seen = arrivals[0]?.chunk.length ?? 0;
  return (offset) => {
    while (seen < offset) seen += arrivals[++index].chunk.length;
    return arrivals[index].at;
  };
}
