/** What the page says of its connection and of an end, in words. */

/** @typedef {import('ssekit/client').StreamSnapshot<any>} Snapshot */
/** `again`: whether asking again may help. @typedef {{ title: string, detail?: string | undefined, again?: boolean }} Told */

/** An outcome, or the state of a run, in a word for people. @param {string} outcome */
export const outcomeWord = (outcome) => (outcome === "aborted" ? "stopped" : outcome);

/**
 * The connection as its reader should know it: `null` when there is nothing to know.
 *
 * @param {Pick<Snapshot, "state" | "attempt" | "retryAt"> & { error: any }} snapshot
 * @param {{ kind: import('./run.js').Kind, now: number, isSeen: boolean }} page
 * @returns {Told | null}
 */
export function tellConnection({ state, attempt, retryAt, error }, { kind, now, isSeen }) {
  switch (state) {
    case "idle":
    case "ended":
      return null;
    case "open":
      if (attempt > 1) return { title: "Connected again.", detail: "The answer goes on." };
      if (kind === "reloaded")
        return { title: "The page was reloaded.", detail: "The answer goes on." };
      return kind === "joined"
        ? { title: "This answer was running.", detail: "You joined it; Stop ends it in every tab." }
        : null;
    case "connecting":
      if (attempt > 1)
        return { title: reasonOf(error), detail: `Coming back now, attempt ${attempt}` };
      return kind === "reloaded"
        ? { title: "The page was reloaded.", detail: "Going back to the answer …" }
        : { title: "Connecting …" };
    case "waiting": {
      const seconds = Math.ceil(((retryAt ?? now) - now) / 1_000);
      const due = seconds > 0 ? `in ${seconds} s` : isSeen ? "now" : "when this page is seen";
      return { title: reasonOf(error), detail: `Coming back ${due}, attempt ${attempt + 1}` };
    }
  }
}

/** Why the connection is not there. @param {any} error */
function reasonOf(error) {
  if (error?.code === "STALLED") return "The connection fell silent.";
  if (error?.status === 503) return "The server takes no requests just now.";
  if (typeof error?.status === "number") return `The server answered ${error.status}.`;
  if (!navigator.onLine) return "This device is offline.";
  if (error?.code === "CONNECT_FAILED" || error?.code === "CONNECT_TIMEOUT")
    return "The server cannot be reached.";
  return "The connection was cut.";
}

/** Ends that the server tells by a code. @type {Record<string, string>} */
const TOLD_BY_CODE = {
  PRODUCER_LOST: "The process that wrote this answer is gone.",
  SHUT_DOWN: "The server shut down before the answer was whole.",
};

/**
 * What went wrong, `null` when nothing did.
 *
 * @param {{ outcome: string, error?: any }} end
 * @param {{ kind: import('./run.js').Kind, hadWayBack: boolean, isStopping: boolean }} reading - Whether it came back, or could have; whether it was to be stopped here.
 * @param {{ about: { store: string, instances: number } | null }} server
 * @returns {Told | null}
 */
export function tellEnd({ outcome, error }, { kind, hadWayBack, isStopping }, { about }) {
  if (outcome === "completed") return null;
  const event = error?.event;
  if (outcome === "aborted") {
    // Without an event the server has not told of it.
    if (!event)
      return {
        title: "This page reads no further.",
        detail: "The server did not hear of the stop: the run may go on there.",
      };
    if (kind === "replayed")
      return { title: "This answer was stopped.", detail: "It is not whole.", again: true };
    return isStopping
      ? { title: "Stopped.", detail: "The run on the server has ended, for every tab." }
      : { title: "Stopped elsewhere.", detail: "Another tab, or the server, has ended the run." };
  }
  if (outcome === "truncated" || outcome === "dropped")
    return {
      title: hadWayBack ? "The connection did not come back." : "The connection was cut.",
      detail: "The answer above is not whole.",
      again: true,
    };
  if (error?.status === 404 && hadWayBack)
    return {
      title: "The server does not have this answer any more.",
      detail: whyGone(about),
      again: true,
    };
  if (typeof error?.status === "number")
    return {
      title: messageOf(error.body) ?? "The server refused.",
      detail: `HTTP ${error.status}`,
      again: error.status >= 500,
    };
  const told = TOLD_BY_CODE[event?.code];
  return {
    title: told ?? event?.message ?? "The server cannot be reached.",
    detail: told ? "What it had told is above." : event?.errorId && `Error ${event.errorId}`,
    again: true,
  };
}

/** @param {{ store: string, instances: number } | null} about */
function whyGone(about) {
  if (about === null) return "HTTP 404";
  if (about.store !== "memory") return "HTTP 404: an answer is kept for an hour.";
  return about.instances > 1
    ? "HTTP 404: it was in the memory of another process, which needs Redis to share it."
    : "HTTP 404: it was kept in memory, and the server was started anew.";
}

/** The message of a body `{ "error": { "message": … } }`. @param {unknown} body */
function messageOf(body) {
  try {
    const { message } = (typeof body === "string" ? JSON.parse(body) : body).error;
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
