/** The demo's one service, the same on every host: checks a question, runs the graph, tells the stream. */
import { runAnalyst } from "../graph/graph.mjs";
import { modelFrom } from "../graph/model.mjs";
import { analystEvents } from "./events.mjs";
import { createRuns } from "./runs.mjs";

const DISCLAIMER =
  "Prices end in March 2010. This is a demonstration of streaming, not investment advice.";
const MAX_QUESTION = 500;
// A phase and a word last as long as with a model; without the pauses the whole answer would be there in 20 ms.
const HUMAN_PACE = { phaseMs: 420, wordMs: 22 };

/** A question that cannot be asked. The hosts answer it with `status`, before any stream begins. */
export class QuestionError extends Error {
  /** @override */
  name = "QuestionError";
  status = 400;
  /** Its message is written for whoever asked. */
  expose = true;
}

/** @typedef {ReturnType<typeof createAnalyst>} Analyst */

/**
 * @param {object} [options]
 * @param {{ phaseMs: number, wordMs: number }} [options.pace]
 * @param {NodeJS.ProcessEnv} [options.env] - See `modelFrom`.
 */
export function createAnalyst({ pace = HUMAN_PACE, env = process.env } = {}) {
  const runs = createRuns();
  const model = modelFrom(env);
  const shutdown = new AbortController();
  return {
    runs,
    /** What words the answers: a model's name, or `null` for the demo's own sentences. */
    modelName: model?.name ?? null,

    /** Ends every open stream: each reader is told that it was stopped, each graph ends. */
    stop: () => shutdown.abort(new Error("the demo is shutting down")),

    /**
     * Producer and options of one stream, for any host's `streamEvents`.
     *
     * @template HostRequest
     * @param {(request: HostRequest) => unknown} bodyOf - The request's JSON, as this host gives it.
     */
    ask(bodyOf) {
      /** @type {ReturnType<typeof runs.open> | undefined} */
      let run;
      const options = {
        events: analystEvents,
        heartbeatMs: 2_000,
        signal: shutdown.signal,
        /** Runs before the head: a bad question is a 400 and no stream. @param {HostRequest} request */
        setup: async (request) => readQuestion(await bodyOf(request)),
        /** @type {import('ssekit').OnEnd} */
        onEnd: (outcome, report) => run?.streamEnded(outcome, report),
      };
      /** @type {(stream: import('ssekit').Session<typeof analystEvents>, question: string) => Promise<import('./events.mjs').AnalystResult>} */
      const producer = async (stream, question) => {
        run = runs.open(question);
        const { signal } = stream;
        if (signal.aborted) run.aborted();
        signal.addEventListener("abort", run.aborted, { once: true });
        try {
          const answer = await runAnalyst(question, {
            signal,
            stream,
            enter: run.enter,
            pace,
            model,
          });
          return { ...answer, disclaimer: DISCLAIMER };
        } finally {
          signal.removeEventListener("abort", run.aborted);
          run.graphEnded();
        }
      };
      return { producer, options };
    },
  };
}

/** @param {unknown} body @returns {string} */
function readQuestion(body) {
  const message =
    typeof body === "object" && body !== null && "message" in body ? body.message : undefined;
  if (typeof message !== "string")
    throw new QuestionError("Send JSON with a `message`: the question, as a string.");
  const question = message.trim();
  if (question === "")
    throw new QuestionError("Ask a question, for example: How did Apple do since 2005?");
  if (question.length > MAX_QUESTION) {
    throw new QuestionError(
      `A question may have ${MAX_QUESTION} characters; this one has ${question.length}.`,
    );
  }
  return question;
}

/** Parses a body that a host hands over as text. @param {string} text */
export function parseBody(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new QuestionError("The body is not JSON.", { cause });
  }
}

/**
 * What an HTTP client may know of an error before the stream: the message of a refusal, nothing of a fault.
 *
 * @param {unknown} error
 */
export function toHttpError(error) {
  const status =
    typeof error === "object" && error !== null && "status" in error ? Number(error.status) : 500;
  const refused = status >= 400 && status < 500;
  const message =
    refused && error instanceof Error ? error.message : "Something went wrong on the server.";
  return { status: refused ? status : 500, body: { error: { message } } };
}
