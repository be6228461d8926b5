import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { setTimeout } from "node:timers/promises";
import { streamEvents } from "ssekit/hono";
import { listen } from "../listen.mjs";

const app = new Hono();

app.post("/api/chat", (c) =>
  streamEvents(
    c,
    async (stream, question) => {
      stream.status("analyzing");
      for (const word of [`You asked: `, question]) {
        await setTimeout(50, undefined, { signal: stream.signal });
        await stream.chunk(word);
      }
      return { content: `You asked: ${question}` };
    },
    {
      setup: async (context) => {
        const { message } = await context.req.json();
        if (message) return message;
        throw new HTTPException(422, { message: "`message` is missing" });
      },
    },
  ),
);

export const start = (port) => listen(createAdaptorServer(app), port);

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
