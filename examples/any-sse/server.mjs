import { createServer } from "node:http";
import { listen } from "../listen.mjs";

const frames = [
  'event: token\ndata: {"text":"Hello"}\n\n',
  'event: token\ndata: {"text":", world."}\n\n',
];

/** Three ways to end that are in use: a sentinel, a named message, the end of the body. */
const endings = {
  "/sentinel": "data: [DONE]\n\n",
  "/named": "event: message_stop\ndata: {}\n\n",
  "/body": "",
};

const server = createServer((req, res) => {
  res.writeHead(200, { "Content-Type": "text/event-stream" });
  res.end(frames.join("") + endings[req.url]);
});

export const start = (port) => listen(server, port);

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
