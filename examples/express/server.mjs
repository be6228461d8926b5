import compression from "compression";
import express from "express";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { streamEvents } from "ssekit/express";
import { listen } from "../listen.mjs";

const app = express();
app.use(compression());
app.use(express.json());

app.post("/api/chat", (req, res, next) => {
  void streamEvents(
    req,
    res,
    next,
    async (stream, question) => {
      stream.status("analyzing");
      for (const word of [`You asked: `, question]) {
        await setTimeout(50, undefined, { signal: stream.signal });
        await stream.chunk(word);
      }
      return { content: `You asked: ${question}` };
    },
    {
      setup(request) {
        if (request.body?.message) return request.body.message;
        throw Object.assign(new Error("`message` is missing"), { status: 422 });
      },
    },
  );
});

app.use((error, req, res, next) => {
  if (res.headersSent) next(error);
  else res.status(error.status ?? 500).json({ error: { message: error.message } });
});

export const start = (port) => listen(createServer(app), port);

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
