import { createServer } from "node:http";
import { streamEvents } from "ssekit/node";
import { listen } from "../listen.mjs";

class QuotaError extends Error {}

const log = [];

/** The one place that decides what a stranger may read. Everything else stays masked. */
function exposeError(error) {
  if (error instanceof QuotaError) {
    return { message: "You have no questions left today.", code: "QUOTA" };
  }
  return undefined;
}

const server = createServer((req, res) => {
  void streamEvents(
    req,
    res,
    async (stream) => {
      await stream.chunk("Let me see");
      if (req.url === "/quota") throw new QuotaError("user 7 is over 50");
      throw new Error("connect ECONNREFUSED 10.0.0.7:5432");
    },
    {
      exposeError,
      onEnd: (outcome, { error, errorId, text }) => log.push({ outcome, error, errorId, text }),
      setup(request) {
        if (request.headers.authorization) return;
        throw Object.assign(new Error("Sign in first"), { status: 401, expose: true });
      },
    },
  );
});

/** What the server knows of each stream's end. */
export const ends = log;

export const start = (port) => listen(server, port);

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
