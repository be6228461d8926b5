/** How the page gets to a run: by asking for one, by coming back to its own, by joining one that is there. */
import { connect } from "ssekit/client";
import { analystEvents } from "../app/events.mjs";
import { nothingSeen } from "./keep.js";

/** @typedef {typeof analystEvents} Events */
/** @typedef {import('ssekit/client').EventStream<Events>} RunStream */
/** `replayed`: it had ended before this page came. @typedef {"asked" | "reloaded" | "joined" | "replayed"} Kind */
/**
 * @typedef {object} Way
 * @property {Kind} kind
 * @property {import('./keep.js').Seen} seen
 * @property {import('./keep.js').SavedStream | undefined} [saved] - Where this tab was before it was loaded again.
 * @property {string | undefined} [url] - Where another's, or an earlier, run is.
 */

const RUNS = "/api/runs";

/** Whether the way leads back to what is there. @param {Way} way */
export const isBack = ({ saved, url }) => (saved?.url ?? url) !== undefined;

/** @param {import('../app/catalog.mjs').ListedRun} run @returns {Way} */
export function wayTo({ id, question, state }) {
  const kind = state === "running" ? "joined" : "replayed";
  return { kind, seen: nothingSeen(question ?? "An answer"), url: `${RUNS}/${id}` };
}

/**
 * @param {Way} way
 * @param {{ signal: AbortSignal, fetch: (url: string, init: RequestInit) => Promise<Response> }} how
 * @returns {RunStream}
 */
export function connectTo({ seen, saved, url }, how) {
  const options = { events: analystEvents, ...how };
  if (saved !== undefined) return connect(saved.url, { ...options, restore: saved });
  if (url !== undefined) return connect(url, options);
  // Sent twice with the same key, it is one run: no answer to the first request costs nothing but the wait.
  return connect(RUNS, {
    ...options,
    method: "POST",
    json: { message: seen.question },
    headers: { "Idempotency-Key": seen.key },
    retry: { start: "idempotent" },
  });
}

/**
 * Asks the server to stop a run.
 *
 * @param {string} url
 * @param {import('./wire.js').Wire} wire
 * @returns {Promise<boolean>} Whether the server knows of the run.
 */
export async function sendStop(url, wire) {
  wire.note(`DELETE ${new URL(url, location.href).pathname}`);
  try {
    const response = await fetch(url, { method: "DELETE" });
    wire.note(`${response.status} ${await response.text()}`);
    return response.ok;
  } catch {
    return false;
  }
}
