// Many readers of silent streams, in a process of their own: bare sockets that have read a head and wait.
import { once } from "node:events";
import { connect } from "node:net";
import { check } from "./check.mjs";
import { checkHead, OF_A_PAGE, requestText } from "./http-text.mjs";

const [port, opening = ""] = process.argv.slice(2);
const REQUEST = requestText("keep-alive", OF_A_PAGE);
const HEAD_END = "\r\n\r\n";
// Node's servers let 511 connections wait to be taken: a wave must not be larger.
const WAVE = 100;
const HEAD_WITHIN_MS = 10_000;

const sockets = new Set();
process.on("message", (request) => void answer(request));
process.on("disconnect", () => process.exit(0));

async function answer({ open }) {
  try {
    await (open > 0 ? join(open) : leave());
    process.send({ open: sockets.size });
  } catch (error) {
    process.send({ failed: `${error.message}, with ${sockets.size} connections open` });
  }
}

async function join(count) {
  for (let left = count; left > 0; left -= WAVE) {
    await Promise.all(Array.from({ length: Math.min(WAVE, left) }, openStream));
  }
}

async function leave() {
  const closed = [...sockets].map((socket) => once(socket, "close"));
  for (const socket of sockets) socket.destroy();
  await Promise.all(closed);
}

/** Resolves when the head, and what the contender says it opens with, is here. */
function openStream() {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: "127.0.0.1" });
    const timer = setTimeout(() => fail(new Error("no head within 10 s")), HEAD_WITHIN_MS);
    let text = "";
    const fail = (error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const onData = (bytes) => {
      text += bytes.toString("latin1");
      try {
        if (!isOpen(text)) return;
      } catch (error) {
        fail(error);
        return;
      }
      clearTimeout(timer);
      socket.off("data", onData).resume();
      resolve();
    };
    sockets.add(socket);
    socket.on("error", fail);
    socket.on("close", () => {
      sockets.delete(socket);
      fail(new Error("a connection was closed"));
    });
    socket.on("data", onData);
    socket.write(REQUEST);
  });
}

function isOpen(text) {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return false;
  checkHead(text.slice(0, headEnd));
  check(!/^connection: close/im.test(text.slice(0, headEnd)), "the answer closes the connection");
  return text.includes(opening, headEnd);
}
