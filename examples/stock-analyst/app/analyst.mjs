/** The demo's one service, the same on every host: a question starts a run of the graph, and whoever owns it reads it. */
import { createRunRoutes, createRuns, memoryStore } from "ssekit/log";
import { runAnalyst } from "../graph/graph.mjs";
import { modelFrom } from "../graph/model.mjs";
import { createBook } from "./book.mjs";
import { createCatalog } from "./catalog.mjs";
import { analystEvents } from "./events.mjs";
import { ownerOf } from "./owner.mjs";
import { readQuestion } from "./question.mjs";

const DISCLAIMER =
  "Prices end in March 2010. This is a demonstration of streaming, not investment advice.";
// A phase and a word last as long as with a model; without the pauses the whole answer would be there in 20 ms.
const HUMAN_PACE = { phaseMs: 420, wordMs: 22 };
/** A process that shows no sign of life for so long is gone, and its readers are told so. */
const LEASE_MS = 5_000;

/** Where the four routes are. */
export const RUNS_PATH = "/api/runs";

/** @typedef {ReturnType<typeof createAnalyst>} Analyst */
/** @typedef {import('ssekit').Session<typeof analystEvents>} Stream */

/**
 * @param {object} [options]
 * @param {{ phaseMs: number, wordMs: number }} [options.pace]
 * @param {NodeJS.ProcessEnv} [options.env] - See `modelFrom`.
 * @param {import('ssekit/log').LogStore} [options.store] - Where runs are kept.
 * @param {"memory" | "redis"} [options.storeKind]
 * @param {number} [options.instances] - How many processes answer on this port.
 */
export function createAnalyst({
  pace = HUMAN_PACE,
  env = process.env,
  store = memoryStore(),
  storeKind = "memory",
  instances = 1,
} = {}) {
  const book = createBook();
  const model = modelFrom(env);
  const stopped = new AbortController();

  /** @param {Stream} stream @param {string} question */
  const produce = async (stream, question) => {
    const { signal } = stream;
    const entry = book.open(question);
    stream.asked({ question, process: process.pid, job: entry.job });
    if (signal.aborted) entry.aborted();
    signal.addEventListener("abort", entry.aborted, { once: true });
    try {
      const { enter } = entry;
      const told = withTimes(stream);
      const answer = await runAnalyst(question, { signal, stream: told, enter, pace, model });
      return { ...answer, disclaimer: DISCLAIMER, at: Date.now() };
    } finally {
      signal.removeEventListener("abort", entry.aborted);
      entry.graphEnded();
    }
  };

  const runs = createRuns({
    store,
    events: analystEvents,
    heartbeatMs: 2_000,
    leaseMs: LEASE_MS,
    onEnd: (outcome, { text, errorId, latest }) => {
      const asked = /** @type {Partial<import('./events.mjs').Asked> | undefined} */ (latest.asked);
      if (typeof asked?.job === "number") book.ended(asked.job, outcome, { text, errorId });
    },
  });

  const routes = createRunRoutes({
    runs,
    path: RUNS_PATH,
    owner: ({ headers }) => ownerOf(headers.get("cookie")),
    // A bad question is a 400, and no run.
    start: ({ body }) => {
      const question = readQuestion(body);
      /** @param {Stream} stream */
      const producer = (stream) => produce(stream, question);
      return { producer, signal: stopped.signal };
    },
  });

  const catalog = createCatalog(runs, book);
  const about = { model: model?.name ?? null, store: storeKind, process: process.pid, instances };

  return {
    book,
    /** Stops every run of this process: each reader is told so, each graph ends. */
    stop: () => stopped.abort(new Error("the demo is being closed")),
    /**
     * What answers below `RUNS_PATH`, for any host's `respond`: the four routes, and the list with what was asked.
     *
     * @param {string} host - Its name, for the page.
     * @returns {import('ssekit/log').ReplySource}
     */
    api: (host) => ({
      async reply(request) {
        const { pathname } = new URL(request.url, "http://localhost");
        if (request.method !== "GET" || pathname !== RUNS_PATH) return routes.reply(request);
        try {
          const list = await catalog.list(ownerOf(request.headers.get("cookie")));
          return toJson(200, { host, ...about, runs: list });
        } catch {
          return toJson(503, { error: { message: "The runs cannot be listed just now." } });
        }
      },
    }),
  };
}

/** @param {number} status @param {unknown} value @returns {import('ssekit/log').Reply} */
function toJson(status, value) {
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  return { status, headers, body: JSON.stringify(value) };
}

/** The graph tells its phases; each is recorded with its time. @param {Stream} stream */
function withTimes({ status, chunk, prices, figures }) {
  /** @type {import('../graph/graph.mjs').Teller['status']} */
  const timed = (phase) => status(phase, { at: Date.now() });
  return { status: timed, chunk, prices, figures };
}
