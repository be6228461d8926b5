/** What the page says of its connection and of an end, in words. */

/** @typedef {import('ssekit/client').StreamSnapshot<any>} Snapshot */
/** @typedef {{ title: string, detail?: string | undefined }} Told */

/**
 * The connection as its reader should know it: `null` when there is nothing to know.
 *
 * @param {Pick<Snapshot, "state" | "attempt" | "retryAt"> & { error: any }} snapshot
 * @param {{ isRestored: boolean, now: number, isSeen: boolean }} page
 * @returns {Told | null}
 */
export function tellConnection({ state, attempt, retryAt, error }, { isRestored, now, isSeen }) {
  switch (state) {
    case "idle":
    case "ended":
      return null;
    case "open":
      if (attempt > 1) return { title: "Connected again.", detail: "The answer goes on." };
      return isRestored ? { title: "The page was reloaded.", detail: "The answer goes on." } : null;
    case "connecting":
      if (attempt > 1)
        return { title: reasonOf(error), detail: `Coming back now, attempt ${attempt}` };
      return isRestored
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
  if (error?.status === 503) return "The server is busy.";
  if (typeof error?.status === "number") return `The server answered ${error.status}.`;
  if (!navigator.onLine) return "This device is offline.";
  if (error?.code === "CONNECT_FAILED" || error?.code === "CONNECT_TIMEOUT")
    return "The server cannot be reached.";
  return "The connection was cut.";
}

/**
 * What went wrong, `null` when nothing did.
 *
 * @param {{ outcome: string, error?: any }} end
 * @param {{ hadWayBack: boolean }} stream - Whether it came back, or could have.
 * @returns {Told | null}
 */
export function tellEnd({ outcome, error }, { hadWayBack }) {
  if (outcome === "completed") return null;
  const event = error?.event;
  if (outcome === "aborted") {
    // With an event the server has told of it: somebody stopped the stream over there.
    if (event) return { title: "The server stopped the answer.", detail: "It is not whole." };
    // A run that can be come back to does not hang on who reads it.
    const detail = hadWayBack
      ? "This page reads no further."
      : "The graph on the server was aborted.";
    return { title: "Stopped.", detail };
  }
  if (outcome === "truncated" || outcome === "dropped")
    return {
      title: hadWayBack ? "The connection did not come back." : "The connection was cut.",
      detail: "The answer above is not whole.",
    };
  if (error?.status === 404 && hadWayBack)
    return { title: "The server does not have this answer any more.", detail: "HTTP 404" };
  if (typeof error?.status === "number")
    return {
      title: messageOf(error.body) ?? "The server refused.",
      detail: `HTTP ${error.status}`,
    };
  return {
    title: event?.message ?? "The server cannot be reached.",
    detail: event?.errorId && `Error ${event.errorId}`,
  };
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
