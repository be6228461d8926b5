import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createRunRoutes, createRuns, memoryStore } from "ssekit/log";
import { respond } from "ssekit/node";
import { listen } from "../listen.mjs";

/** Answers slowly, word by word. It knows no request, and goes on whether somebody reads it or not. */
function answer(question, wordMs) {
  return async (stream) => {
    stream.status("analyzing");
    for (const word of ["You ", "asked ", "me ", "this: ", question]) {
      await setTimeout(wordMs, undefined, { signal: stream.signal });
      await stream.chunk(word);
    }
    return { content: `You asked me this: ${question}` };
  };
}

/** Who may read: a session that is signed in, by its token. */
export const users = new Map([
  ["token-of-ada", "ada"],
  ["token-of-eve", "eve"],
]);

const tokenOf = (request) => request.headers.get("authorization")?.replace("Bearer ", "");

/** `POST /api/runs` asks, `GET /api/runs/<id>` comes back, `DELETE /api/runs/<id>` stops, `GET /api/runs` lists. */
export function createApp({
  wordMs = 5,
  cancelAfterMs = 5_000,
  revalidateMs = 60_000,
  onEnd,
} = {}) {
  const runs = createRuns({
    store: memoryStore(),
    cancelAfterMs,
    // A reader that has signed out reads no further.
    revalidate: ({ request, owner }) => users.get(tokenOf(request)) === owner,
    revalidateMs,
    // However it ended, and whoever read it: what it cost, and what there is to keep.
    onEnd: (outcome, { id, owner, text, latest }) =>
      onEnd?.({ id, owner, outcome, text, result: latest.result }),
  });
  return createRunRoutes({
    runs,
    path: "/api/runs",
    owner(request) {
      const user = users.get(tokenOf(request));
      if (user) return user;
      throw Object.assign(new Error("Sign in first."), { status: 401, expose: true });
    },
    start({ body }) {
      const { question, whileWatched } = body ?? {};
      if (typeof question !== "string") {
        throw Object.assign(new Error("`question` is missing."), { status: 422, expose: true });
      }
      return {
        producer: answer(question, wordMs),
        // Work that nobody needs once nobody looks at it stops. Everything else goes on.
        onDisconnect: whileWatched ? "cancel" : "continue",
      };
    },
  });
}

export function start(port, options) {
  const routes = createApp(options);
  return listen(
    createServer((req, res) => void respond(req, res, routes)),
    port,
  );
}

/** The same on a fetch server: `export const { GET, POST, DELETE } = handlers(createApp())`. */
export function handlers(routes) {
  const handle = (request) => routes.respond(request);
  return { GET: handle, POST: handle, DELETE: handle };
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await start(3000, { wordMs: 300, onEnd: (end) => console.log(end) });
  console.log(url);
}
