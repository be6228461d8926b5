import { createServer } from "node:http";
import { streamEvents } from "ssekit/node";
import { listen } from "../listen.mjs";
import { chatEvents } from "./events.mjs";

const server = createServer((req, res) => {
  void streamEvents(
    req,
    res,
    async (stream) => {
      stream.status("analyzing");
      stream.progress({ percent: req.url === "/broken" ? 250 : 50 });
      await stream.chunk("It went up.");
      return { content: "It went up.", sources: ["prices.csv"] };
    },
    {
      events: chatEvents,
      onEnd: (outcome, { error }) => server.emit("told", outcome, error),
    },
  );
});

/** What `onEnd` was told. In an application this is a line in its log. */
export const onTold = (listener) => server.on("told", listener);

export const start = (port) => listen(server, port);

if (process.argv[1] === import.meta.filename) {
  onTold((outcome, error) => console.log(outcome, error?.message ?? ""));
  console.log((await start(3000)).url);
}
