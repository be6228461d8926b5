import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { encodeComment, encodeSSE, SSE_HEADERS, startHeartbeat, toMessage } from "ssekit";
import { listen } from "../listen.mjs";

/** Begins an answer. It goes on whether somebody reads it or not. */
function begin(question, wordMs) {
  const answer = { epoch: Date.now(), frames: [], readers: new Set(), isOver: false };
  const tell = (event) => {
    const id = `${answer.epoch}-${answer.frames.length + 1}`;
    answer.frames.push(encodeSSE({ ...toMessage(event), id }));
    answer.isOver = event.type === "done";
    for (const send of answer.readers) send();
  };
  const work = async () => {
    for (const word of ["You ", "asked ", "me ", "this: ", question]) {
      await setTimeout(wordMs);
      tell({ type: "chunk", content: word });
    }
    tell({ type: "result", content: question });
    tell({ type: "done" });
  };
  void work();
  return answer;
}

/** Replays what came after `lastEventId`, then tells what comes. Cuts the connection after `cutAfter` frames. */
function read(res, id, answer, lastEventId, cutAfter) {
  // An id of another beginning says nothing about this one: then all of it is told.
  const [epoch, sequence] = (lastEventId ?? "").split("-").map(Number);
  let next = epoch === answer.epoch ? sequence : 0;
  if (answer.isOver && next >= answer.frames.length) return void res.writeHead(204).end();
  const cutAt = next + cutAfter;

  res.writeHead(200, { ...SSE_HEADERS, "Content-Location": `/answers/${id}` });
  res.write(encodeComment("open heartbeatMs=15000"));
  const heartbeat = startHeartbeat({ onBeat: () => res.write(encodeComment("heartbeat")) });
  const send = () => {
    while (next < answer.frames.length && next < cutAt) res.write(answer.frames[next++]);
    if (next >= cutAt || (answer.isOver && next === answer.frames.length)) leave();
  };
  const leave = () => {
    heartbeat.stop();
    answer.readers.delete(send);
    res.end();
  };
  res.on("close", leave);
  answer.readers.add(send);
  send();
}

/** `POST /answers` begins an answer, `POST /answers/<id>` one of the reader's own name; `GET` reads it. */
export function start(port, { cutAfter = Infinity, wordMs = 5 } = {}) {
  const answers = new Map();
  const serve = async (req, res) => {
    const id = req.url.split("/")[2] ?? randomUUID();
    if (req.method === "POST" && !answers.has(id)) {
      const { question } = await json(req);
      answers.set(id, begin(question, wordMs));
    }
    const answer = answers.get(id);
    if (answer === undefined) return void res.writeHead(404).end();
    read(res, id, answer, req.headers["last-event-id"], cutAfter);
  };
  return listen(
    createServer((req, res) => void serve(req, res)),
    port,
  );
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await start(3000, { cutAfter: 3, wordMs: 200 });
  console.log(url);
}
