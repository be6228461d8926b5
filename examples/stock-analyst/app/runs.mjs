/**
 * The last runs of the graph, as the server saw them: what `GET /api/runs` answers.
 *
 * Two ends are kept apart on purpose: when the stream ended, and when the node that was at work had truly left.
 */

/** @typedef {'running' | 'completed' | 'failed' | 'aborted' | 'truncated' | 'dropped'} RunState */
/** @typedef {{ name: string, startedAt: number, endedAt: number | null }} NodeVisit */
/**
 * @typedef {object} Run
 * @property {number} id
 * @property {string} question
 * @property {RunState} state
 * @property {number} startedAt - Milliseconds since 1970, as all times here.
 * @property {number | null} abortedAt - When the stream's signal fired.
 * @property {number | null} endedAt - When the stream ended.
 * @property {number | null} graphEndedAt - When the graph had returned or thrown.
 * @property {NodeVisit[]} nodes - Each node that was entered, and when it left.
 * @property {number} characters - Of answer text that was streamed.
 * @property {string | null} errorId - Of a failed run; the page shows the same one.
 */

export function createRuns({ keep = 20, now = Date.now } = {}) {
  /** @type {Run[]} */
  const runs = [];
  let lastId = 0;
  return {
    /** Newest first. */
    list: () => runs.map((run) => structuredClone(run)),
    active: () => runs.filter(({ graphEndedAt }) => graphEndedAt === null).length,
    /** @param {string} question */
    open(question) {
      lastId += 1;
      const run = newRun(lastId, question, now());
      runs.unshift(run);
      runs.splice(keep);
      return keepBookOf(run, now);
    },
  };
}

/** @param {number} id @param {string} question @param {number} startedAt @returns {Run} */
function newRun(id, question, startedAt) {
  const unknown = { abortedAt: null, endedAt: null, graphEndedAt: null, errorId: null };
  return { id, question, state: "running", startedAt, ...unknown, nodes: [], characters: 0 };
}

/** What may be noted of one run, each when it happens. @param {Run} run @param {() => number} now */
function keepBookOf(run, now) {
  return {
    /** Notes that a node starts; what it returns notes that it has left. @type {(name: string) => () => void} */
    enter: (name) => {
      /** @type {NodeVisit} */
      const visit = { name, startedAt: now(), endedAt: null };
      run.nodes.push(visit);
      return () => {
        visit.endedAt = now();
      };
    },
    aborted: () => {
      run.abortedAt = now();
    },
    graphEnded: () => {
      run.graphEndedAt = now();
    },
    /** @type {(state: RunState, report: { text: string, errorId?: string | undefined }) => void} */
    streamEnded: (state, { text, errorId }) => {
      Object.assign(run, {
        state,
        endedAt: now(),
        characters: text.length,
        errorId: errorId ?? null,
      });
    },
  };
}
