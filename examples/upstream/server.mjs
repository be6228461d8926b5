import { createServer } from "node:http";
import { streamEvents } from "ssekit/node";
import { listen } from "../listen.mjs";

/** Streams what another server says, for as long as somebody reads it. */
export function createProxy(upstreamUrl, onEnd) {
  const server = createServer((req, res) => {
    void streamEvents(
      req,
      res,
      async (stream) => {
        stream.status("asking the model");
        const answer = await fetch(upstreamUrl, { signal: stream.signal });
        for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
          await stream.chunk(piece);
        }
      },
      { onEnd },
    );
  });
  return { start: (port) => listen(server, port) };
}

if (process.argv[1] === import.meta.filename) {
  const proxy = createProxy(process.argv[2], (outcome) => console.log(outcome));
  console.log((await proxy.start(3000)).url);
}
