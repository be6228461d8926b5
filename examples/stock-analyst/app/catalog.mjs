/** The runs of an owner as the page lists them: from the log, on whichever machine they were produced. */
import { connect } from "ssekit/client";
import { analystEvents } from "./events.mjs";

/** @typedef {ReturnType<typeof import('./book.mjs').createBook>} Book */
/** @typedef {import('./book.mjs').RunState} RunState */
/** @typedef {Omit<import('./book.mjs').Entry, keyof Basics>} Detail */
/**
 * @typedef {object} Basics
 * @property {string} id
 * @property {string | null} question - `null` when it could not be read just now.
 * @property {RunState} state - What the log says.
 * @property {number} startedAt
 * @property {number | null} process - Who is, or was, at work on it.
 */
/** A run as it is listed: all that is known of it where it was produced, else what the log tells. @typedef {Basics & Partial<Detail>} ListedRun */

const LISTED = 8;
const KNOWN = 500;
const READ_MS = 1_000;

/** @param {import('ssekit/log').Runs<typeof analystEvents>} runs @param {Book} book */
export function createCatalog(runs, book) {
  /** What was asked, by run. It never changes. @type {Map<string, import('./events.mjs').Asked>} */
  const known = new Map();

  /** @param {string} id @param {string} owner */
  const askedOf = async (id, owner) => {
    const asked = known.get(id) ?? (await readAsked(runs, id, owner));
    if (asked === undefined) return undefined;
    known.set(id, asked);
    if (known.size > KNOWN) known.delete(/** @type {string} */ (known.keys().next().value));
    return asked;
  };

  return {
    /** Newest first. @param {string | undefined} owner @returns {Promise<ListedRun[]>} */
    async list(owner) {
      if (owner === undefined) return [];
      const newest = (await runs.list({ owner })).slice(0, LISTED);
      return Promise.all(
        newest.map(async ({ id, startedAt, state, outcome }) => {
          const asked = await askedOf(id, owner);
          const detail = asked?.process === process.pid ? book.find(asked.job) : undefined;
          return {
            ...detail,
            id,
            question: asked?.question ?? null,
            state: outcome ?? (state === "lost" ? "lost" : "running"),
            startedAt,
            process: asked?.process ?? null,
          };
        }),
      );
    },
  };
}

/**
 * Reads a run's first event, as any reader would, and leaves.
 *
 * @param {import('ssekit/log').Runs<typeof analystEvents>} runs
 * @param {string} id
 * @param {string} owner
 */
async function readAsked(runs, id, owner) {
  const stream = connect(`http://localhost/${id}`, {
    events: analystEvents,
    retry: false,
    signal: AbortSignal.timeout(READ_MS),
    fetch: (url, init) => runs.respond(new Request(url, init), { id, owner }),
  });
  try {
    for await (const event of stream) return event.type === "asked" ? event : undefined;
  } catch {
    // The store is away, or the run has gone since it was listed: the list does without.
  }
  return undefined;
}
