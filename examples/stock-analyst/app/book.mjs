/**
 * What happened inside the runs of this process: which node was at work, and when it had truly left.
 *
 * The log knows how a run ended, on every machine. This book is the producer's own view of it, kept where it produced.
 */

/** @typedef {'running' | 'completed' | 'failed' | 'aborted' | 'truncated' | 'dropped' | 'lost'} RunState */
/** @typedef {{ name: string, startedAt: number, endedAt: number | null }} NodeVisit */
/**
 * @typedef {object} Entry
 * @property {number} job - Its number in this process.
 * @property {string} question
 * @property {RunState} state
 * @property {number} startedAt - Milliseconds since 1970, as all times here.
 * @property {number | null} abortedAt - When the run's signal fired.
 * @property {number | null} endedAt - When the run had ended, and its log had the terminal.
 * @property {number | null} graphEndedAt - When the graph had returned or thrown.
 * @property {NodeVisit[]} nodes - Each node that was entered, and when it left.
 * @property {number} characters - Of answer text that was told.
 * @property {string | null} errorId - Of a failed run; the page shows the same one.
 */

export function createBook({ keep = 100, now = Date.now } = {}) {
  /** @type {Entry[]} */
  const entries = [];
  let lastJob = 0;
  return {
    /** Newest first. */
    list: () => entries.map((entry) => structuredClone(entry)),
    /** @param {number} job */
    find: (job) => entries.find((entry) => entry.job === job),
    active: () => entries.filter(({ graphEndedAt }) => graphEndedAt === null).length,
    /** @param {string} question */
    open(question) {
      lastJob += 1;
      const entry = newEntry(lastJob, question, now());
      entries.unshift(entry);
      entries.splice(keep);
      return keepBookOf(entry, now);
    },
    /** @type {(job: number, state: RunState, report: { text: string, errorId?: string | undefined }) => void} */
    ended(job, state, { text, errorId }) {
      const entry = entries.find((one) => one.job === job);
      const told = { state, endedAt: now(), characters: text.length, errorId: errorId ?? null };
      if (entry !== undefined) Object.assign(entry, told);
    },
  };
}

/** @param {number} job @param {string} question @param {number} startedAt @returns {Entry} */
function newEntry(job, question, startedAt) {
  const unknown = { abortedAt: null, endedAt: null, graphEndedAt: null, errorId: null };
  return { job, question, state: "running", startedAt, ...unknown, nodes: [], characters: 0 };
}

/** What may be noted of one run, each when it happens. @param {Entry} entry @param {() => number} now */
function keepBookOf(entry, now) {
  return {
    job: entry.job,
    /** Notes that a node starts; what it returns notes that it has left. @type {(name: string) => () => void} */
    enter: (name) => {
      /** @type {NodeVisit} */
      const visit = { name, startedAt: now(), endedAt: null };
      entry.nodes.push(visit);
      return () => {
        visit.endedAt = now();
      };
    },
    aborted: () => {
      entry.abortedAt = now();
    },
    graphEnded: () => {
      entry.graphEndedAt = now();
    },
  };
}
