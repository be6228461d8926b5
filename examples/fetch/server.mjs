import { createAdaptorServer } from "@hono/node-server";
import { listen } from "../listen.mjs";
import { POST } from "./handler.mjs";

// On Node a fetch handler needs a bridge; Bun, Deno and Workers serve `{ fetch: POST }` as it is.
export const start = (port) => listen(createAdaptorServer({ fetch: POST }), port);

if (process.argv[1] === import.meta.filename) console.log((await start(3000)).url);
