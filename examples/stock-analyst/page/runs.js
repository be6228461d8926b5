/** The server's side of the story: how its last runs ended. */
import { byId, duration, make } from "./dom.js";

/** @typedef {import('../app/runs.mjs').Run} Run */

const SHOWN = 4;
const TRIES = 8;

/** @typedef {{ host: string, model: string | null, runs: Run[] }} ServerView */

/** @returns {Promise<ServerView>} */
async function readRuns() {
  const response = await fetch("/api/runs");
  if (!response.ok) throw new Error(`/api/runs answered ${response.status}`);
  return response.json();
}

export function createRunsPanel() {
  const list = byId("runs");
  const served = byId("served");

  /** @param {ServerView} view */
  const show = ({ host, model, runs }) => {
    const worded = make(
      "span",
      { class: "worded" },
      " · worded by ",
      make("b", { text: model ?? "the demo" }),
    );
    served.replaceChildren("on ", make("b", { text: host }), worded);
    const rows = runs.slice(0, SHOWN).map(toRow);
    list.replaceChildren(
      ...(rows.length > 0 ? rows : [make("li", { class: "hint", text: "No run yet." })]),
    );
  };

  return {
    /** Shows the runs as they are now. */
    async glance() {
      try {
        show(await readRuns());
      } catch {
        // Only a look in passing: whether the server can be reached is told at the end.
      }
    },
    /** Shows the runs; waits a little for the newest to end, since a server learns of a stop after the page. */
    async refresh() {
      try {
        for (let tries = 0; tries < TRIES; tries += 1) {
          const view = await readRuns();
          show(view);
          if (view.runs[0]?.state !== "running" && view.runs[0]?.graphEndedAt !== null) return;
          await new Promise((resolve) => setTimeout(resolve, 120));
        }
      } catch {
        list.replaceChildren(make("li", { class: "hint", text: "The server cannot be reached." }));
      }
    },
  };
}

/** @param {Run} run */
function toRow(run) {
  return make(
    "li",
    {},
    make("span", { class: "badge small", "data-outcome": run.state, text: run.state }),
    make("span", { class: "question", text: run.question }),
    make("span", { class: "detail", text: tell(run) }),
  );
}

/** @param {Run} run */
function tell({ state, startedAt, abortedAt, endedAt, graphEndedAt, nodes, characters }) {
  if (state === "running") return `in ${nodes[nodes.length - 1]?.name ?? "the graph"}`;
  if (state === "aborted" && abortedAt !== null && graphEndedAt !== null) {
    return `${nodes[nodes.length - 1]?.name ?? "graph"} left ${duration(graphEndedAt - abortedAt)} after the stop`;
  }
  return `${duration((endedAt ?? startedAt) - startedAt)}, ${characters.toLocaleString("en")} characters`;
}
