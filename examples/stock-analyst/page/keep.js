/** What the page keeps over a reload: the stream's place and text, and what was shown beside them. */

/** @typedef {import('ssekit/client').SavedStream} SavedStream */
/** @typedef {{ phase: import('../app/events.mjs').Phase, at: number }} Entered */
/**
 * What was seen of an answer besides its text.
 *
 * @typedef {object} Seen
 * @property {string} question
 * @property {string} key - Names the question to the server: asked again with it, it is the same run.
 * @property {Entered[]} phases - Each phase, and when it was entered.
 * @property {import('../app/events.mjs').Prices | null} prices
 * @property {import('../app/events.mjs').FigureTable | null} figures
 */
/** Without `saved` the question was sent, and no answer had come. @typedef {{ saved?: SavedStream, seen: Seen }} Kept */

const KEY = "stock-analyst.answer";
const EVERY_MS = 200;

/** @param {string} question @param {string} [key] @returns {Seen} */
export function nothingSeen(question, key = newKey()) {
  return { question, key, phases: [], prices: null, figures: null };
}

/** Also where the page is no secure context, which `randomUUID` needs. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    "-",
  );
}

/** What an earlier life of this page has kept. @returns {Kept | null} */
export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** Nothing is to be gone on with. */
export function forgetKept() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Where nothing may be kept, nothing is.
  }
}

/**
 * Keeps what `stream` has come to, again and again, until the returned function is called.
 *
 * @param {import('ssekit/client').EventStream<any>} stream
 * @param {Seen} seen - Must be in step with the stream whenever a turn is over.
 */
export function keep(stream, seen) {
  let timer = 0;
  const write = () => {
    clearTimeout(timer);
    timer = 0;
    const saved = stream.save();
    const { state } = stream.getSnapshot();
    if (state === "ended") return;
    // A server that has answered and named no way back cannot be come back to.
    if (saved === undefined && state === "open") return forgetKept();
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ saved, seen }));
    } catch {
      // Full, or forbidden: then a reload begins anew, as it would without this.
    }
  };
  const forget = stream.subscribe(() => {
    timer ||= window.setTimeout(write, EVERY_MS);
  });
  addEventListener("pagehide", write);
  return () => {
    forget();
    clearTimeout(timer);
    removeEventListener("pagehide", write);
  };
}
