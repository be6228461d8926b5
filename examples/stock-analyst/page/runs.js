/** The runs of this browser, as the server has them: how each ended, and the way back to it. */
import { byId, duration, make } from "./dom.js";
import { outcomeWord } from "./words.js";

/** @typedef {import('../app/catalog.mjs').ListedRun} ListedRun */
/** @typedef {{ host: string, model: string | null, store: string, process: number, instances: number, runs: ListedRun[] }} ServerView */

const SHOWN = 5;
const TRIES = 8;
const WATCH_MS = 2_000;

/** @returns {Promise<ServerView>} */
async function readRuns() {
  const response = await fetch("/api/runs");
  if (!response.ok) throw new Error(`/api/runs answered ${response.status}`);
  return response.json();
}

/** @param {{ onOpen: (run: ListedRun) => void }} options */
export function createRunsPanel({ onOpen }) {
  const list = byId("runs");
  // All tabs of this browser have the same runs.
  const tabs = new BroadcastChannel("stock-analyst");
  /** @type {ServerView | null} */
  let view = null;
  /** The id of the run that the page shows. @type {string | undefined} */
  let currentId;
  let watching = 0;

  const showRows = () => {
    if (view === null) return;
    const several = view.instances > 1;
    const rows = view.runs.slice(0, SHOWN).map((run) => {
      const row = toRow(run, { isCurrent: run.id === currentId, several });
      row.firstChild.addEventListener("click", () => onOpen(run));
      return row;
    });
    const none = make("li", { class: "hint", text: "What you ask is listed here." });
    const focused = document.activeElement?.closest("#runs li");
    const index = focused ? [...list.children].indexOf(focused) : -1;
    list.replaceChildren(...(rows.length > 0 ? rows : [none]));
    // Whoever walks through the list by keyboard stays where they were.
    if (index >= 0) list.children[index]?.querySelector("button")?.focus();
  };

  /** @param {ServerView} seen */
  const show = (seen) => {
    view = seen;
    byId("served").replaceChildren(...toServed(seen));
    showRows();
    clearTimeout(watching);
    // A run that nobody reads tells nobody that it has ended.
    const isAnyRunning = seen.runs.some(({ state }) => state === "running" || state === "lost");
    if (isAnyRunning) watching = window.setTimeout(look, WATCH_MS);
  };

  const panel = {
    /** Where and how the server keeps runs, once that is known. */
    get about() {
      return view;
    },
    /** Marks the run that the page shows. @param {string | undefined} url */
    showCurrent(url) {
      currentId = url?.slice(url.lastIndexOf("/") + 1);
      showRows();
    },
    /** Shows the runs as they are now. */
    async glance() {
      if (document.visibilityState === "hidden") return;
      try {
        show(await readRuns());
      } catch {
        // Only a look in passing: whether the server can be reached is told at the end.
      }
    },
    /** Shows the runs; waits a little for the one on the page to have left its graph. */
    async refresh() {
      try {
        for (let tries = 0; ; tries += 1) {
          const seen = await readRuns();
          show(seen);
          const run = seen.runs.find(({ id }) => id === currentId);
          const isAtWork = run?.state === "running";
          const isLeaving = run?.graphEndedAt === null || run?.endedAt === null;
          if (isAtWork || !isLeaving || tries === TRIES) return seen.runs;
          await new Promise((resolve) => setTimeout(resolve, 120));
        }
      } catch {
        list.replaceChildren(make("li", { class: "hint", text: "The server cannot be reached." }));
      }
    },
    /** The other tabs look too. */
    tellTabs() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, and takes no other
      tabs.postMessage("changed");
    },
  };
  const look = () => void panel.glance();
  tabs.addEventListener("message", look);
  document.addEventListener("visibilitychange", look);
  return panel;
}

/** @param {ServerView} view */
function toServed({ host, model, store, process, instances }) {
  const by = instances > 1 ? [", process ", make("b", { text: process })] : [];
  const kept = make("b", { text: store === "redis" ? "Redis" : "memory" });
  const words = make("b", { text: model ?? "the demo" });
  const more = make("span", { class: "more" }, ", runs in ", kept, ", worded by ", words);
  return ["on ", make("b", { text: host }), ...by, more];
}

/** @param {ListedRun} run @param {{ isCurrent: boolean, several: boolean }} page */
function toRow(run, { isCurrent, several }) {
  const { state, question } = run;
  const badge = { class: "badge small", "data-outcome": state, text: outcomeWord(state) };
  const open = make(
    "button",
    { type: "button", "aria-current": isCurrent && "true" },
    make("span", badge),
    make("span", { class: "question", text: question ?? "An answer" }),
    make("span", { class: "detail", text: tell(run, several) }),
  );
  return make("li", {}, open);
}

/** @param {ListedRun} run @param {boolean} several */
function tell(run, several) {
  const { state, startedAt, abortedAt, endedAt, graphEndedAt, nodes = [], characters = 0 } = run;
  const by = several && run.process !== null ? `, by process ${run.process}` : "";
  const node = nodes[nodes.length - 1]?.name;
  if (state === "running") return `${node ? `in ${node}` : "at work"}${by}`;
  if (state === "lost") return `its producer is gone${by}`;
  if (state === "aborted" && abortedAt && graphEndedAt) {
    return `${node ?? "graph"} left ${duration(graphEndedAt - abortedAt)} after the stop${by}`;
  }
  const at = new Date(startedAt).toLocaleTimeString("en", {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
  if (!endedAt) return `asked at ${at}${by}`;
  return `${duration(endedAt - startedAt)}, ${characters.toLocaleString("en")} characters${by}`;
}
