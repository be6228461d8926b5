/**
 * The analyst: a LangGraph graph of four nodes.
 *
 *   analyze → plan → retrieve → synthesize
 *        └── no company found ──────┘
 *
 * The session is handed in as the run's `context`, and a node tells it what happens. (LangGraph's own `config.writer` would do
 * too, but buffers without bound between node and reader; `await stream.chunk(...)` here holds the node while the reader is slow.)
 */
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { analyze } from "./analyze.mjs";
import { plan } from "./plan.mjs";
import { retrieve } from "./retrieve.mjs";
import { synthesize } from "./synthesize.mjs";

/**
 * What a run is given beside the question.
 *
 * @typedef {object} Context
 * @property {Teller} stream - Where progress is told: a session of ssekit, or a recorder in a test.
 * @property {(node: string) => () => void} enter - Notes that a node starts; what it returns notes that the node has left.
 * @property {{ phaseMs: number, wordMs: number }} pace - How long a phase and a word take, so that an eye can follow.
 * @property {import('./model.mjs').Model | null} model - Words the answer. `null`: the demo's own sentences.
 */
/**
 * @typedef {object} Teller
 * @property {(status: import('../app/events.mjs').Phase) => unknown} status
 * @property {(content: string) => unknown} chunk
 * @property {(payload: import('../app/events.mjs').Prices) => unknown} prices
 * @property {(payload: import('../app/events.mjs').FigureTable) => unknown} figures
 */
/** @typedef {{ signal: AbortSignal, context: Context }} NodeConfig */
/** @typedef {{ content: string, sources: { title: string, detail: string, file: string }[] }} Answer */

/** @template T @typedef {import('@langchain/langgraph').LastValue<T>} LastValue */

/** @type {LastValue<string>} */
const question = Annotation();
/** @type {LastValue<import('./reading.mjs').Reading>} */
const reading = Annotation();
/** @type {LastValue<import('./reading.mjs').Want[]>} */
const wants = Annotation();
/** @type {LastValue<import('./retrieve.mjs').Retrieved>} */
const retrieved = Annotation();
/** @type {LastValue<Answer>} */
const answer = Annotation();

const State = Annotation.Root({ question, reading, wants, retrieved, answer });
/** @typedef {typeof State.State} AnalystState */

const graph = new StateGraph(State)
  .addNode("analyze", observed("analyze", analyze))
  .addNode("plan", observed("plan", plan))
  .addNode("retrieve", observed("retrieve", retrieve))
  .addNode("synthesize", observed("synthesize", synthesize))
  .addEdge(START, "analyze")
  .addConditionalEdges(
    "analyze",
    (state) => (state.reading.symbols.length > 0 ? "plan" : "synthesize"),
    ["plan", "synthesize"],
  )
  .addEdge("plan", "retrieve")
  .addEdge("retrieve", "synthesize")
  .addEdge("synthesize", END)
  .compile();

/**
 * Runs the graph once.
 *
 * @param {string} asked
 * @param {Context & { signal: AbortSignal }} options - `signal` stops the graph and all that its nodes wait for.
 * @returns {Promise<Answer>}
 */
export async function runAnalyst(asked, { signal, ...context }) {
  const state = await graph.invoke({ question: asked }, { signal, context });
  return state.answer;
}

/**
 * Notes when a node starts and when it has truly left, whichever way it leaves.
 *
 * @template T
 * @param {string} name
 * @param {(state: AnalystState, config: NodeConfig) => Promise<T>} node
 */
function observed(name, node) {
  /** @param {AnalystState} state @param {any} config - LangGraph's type leaves `context` unknown. */
  return async (state, config) => {
    const leave = config.context.enter(name);
    try {
      return await node(state, config);
    } finally {
      leave();
    }
  };
}
