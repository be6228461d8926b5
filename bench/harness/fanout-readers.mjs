// The readers of area fanout, in a process of their own: bare sockets that keep what comes, and verify it when asked.
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { check } from "./check.mjs";
import { checkHead, requestText } from "./http-text.mjs";

const [port] = process.argv.slice(2);
const REQUEST = requestText("keep-alive");
const HEAD_END = "\r\n\r\n";
// Node's servers let 511 connections wait to be taken: a wave must not be larger.
const WAVE = 100;
const WITHIN_MS = 20_000;
const TOKEN = /" t(\d+) and so on/g;

const readers = [];
process.on("message", (request) => void answer(request));
process.on("disconnect", () => process.exit(0));

async function answer({ open, told }) {
  try {
    if (open !== undefined) await join(open);
    else await verify(told);
    process.send({ open: readers.length });
  } catch (error) {
    process.send({ failed: error.message });
  }
}

async function join(count) {
  for (let left = count; left > 0; left -= WAVE) {
    await Promise.all(Array.from({ length: Math.min(WAVE, left) }, openStream));
  }
}

async function openStream() {
  const socket = connect({ port: Number(port), host: "127.0.0.1" });
  const reader = { text: "", next: 0 };
  socket.setEncoding("latin1");
  socket.on("data", (text) => (reader.text += text));
  socket.on("close", () => (reader.isClosed = true));
  socket.write(REQUEST);
  while (!reader.text.includes(HEAD_END)) await once(socket, "data");
  checkHead(reader.text.slice(0, reader.text.indexOf(HEAD_END)));
  readers.push(reader);
}

/** Every reader has the first `count` events by now, or soon. */
async function verify(count) {
  const until = performance.now() + WITHIN_MS;
  for (const reader of readers) {
    while (!takeAll(reader, count)) {
      check(!reader.isClosed, "a connection was closed");
      check(performance.now() < until, `a reader has ${reader.next} of ${count} events`);
      await sleep(5);
    }
  }
}

/** Checks what has come and lets go of it. An event that is not whole yet stays. */
function takeAll(reader, count) {
  const whole = reader.text.lastIndexOf("\n\n") + 2;
  for (const [, token] of reader.text.slice(0, whole).matchAll(TOKEN)) {
    check(Number(token) === reader.next, `event ${reader.next} came as t${token}`);
    reader.next++;
  }
  reader.text = reader.text.slice(whole);
  return reader.next === count;
}
