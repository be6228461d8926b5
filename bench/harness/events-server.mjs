// The server of the client area, in a process of its own: the bytes are made once, and sent as fast as they are taken.
import { createServer } from "node:http";
import { answerEvents } from "./payloads.mjs";

const [count] = process.argv.slice(2);
const frames = answerEvents(Number(count)).map((event) => `data: ${JSON.stringify(event)}\n\n`);
const body = Buffer.from(`${frames.join("")}data: [DONE]\n\n`);

const server = createServer((_, res) => {
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  res.end(body);
});
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("disconnect", () => process.exit(0));
