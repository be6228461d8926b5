import { once } from "node:events";
import { HEAD, listen } from "../../harness/listen.mjs";
import idle from "../idle/limit.mjs";
import queue from "../queue/limit-linked-list.mjs";

// Events of any size, joined up to this length: 64 of the largest would be more than a socket takes at once.
const JOINED_LENGTH = 64 * 1024;

export default {
  role: "limit",
  title: "by hand, events joined to 64 KiB",
  connections: () => idle.serve(),
  stream: (source) => listen((_, res) => writeJoined(res, source)),
  queue: () => queue.load(),
};

async function writeJoined(res, source) {
  res.writeHead(200, HEAD);
  res.flushHeaders();
  let frames = "";
  for (const content of source.take()) {
    frames += `data: ${JSON.stringify({ type: "chunk", content })}\n\n`;
    if (frames.length < JOINED_LENGTH) continue;
    if (!res.write(frames)) await once(res, "drain");
    frames = "";
  }
  res.end(`${frames}data: [DONE]\n\n`);
}
