/** The page: asks, comes back, joins, and shows each event where it belongs. */
import { Answer } from "./answer.js";
import { tellOfConnection } from "./connection.js";
import { byId, make } from "./dom.js";
import { forgetKept, keep, kept, nothingSeen } from "./keep.js";
import { Phases } from "./phases.js";
import { createPlot } from "./plot.js";
import { connectTo, isBack, sendStop, wayTo } from "./run.js";
import { createRunsPanel } from "./runs.js";
import { tapFetch, Wire } from "./wire.js";
import { tellEnd } from "./words.js";

/** @typedef {import('./keep.js').Seen} Seen */
/** @typedef {import('./run.js').Way} Way */
/**
 * An answer that is being read.
 *
 * @typedef {object} Reading
 * @property {Way} way
 * @property {import('./run.js').RunStream} stream
 * @property {AbortController} controller - Ends the reading. It ends no run.
 * @property {boolean} isStopping - Whether this page has asked the server to stop the run.
 * @property {string | undefined} url - Where the run is, once that is known.
 */

const EXAMPLES = [
  "How did Apple do since 2005?",
  "Compare all five",
  "Amazon or Google, 2005 to 2008?",
  "How far did IBM fall in the crash of 2008?",
  "How risky was Microsoft?",
];

const form = /** @type {HTMLFormElement} */ (byId("ask"));
const input = /** @type {HTMLInputElement} */ (byId("question"));
const [submit, stop] = ["submit", "stop"].map(byId);
const answer = new Answer();
const phases = new Phases();
const plot = createPlot();
const wire = new Wire();
const runs = createRunsPanel({ onOpen: (run) => void read(wayTo(run)) });

/** @type {Reading | null} */
let current = null;

/**
 * Reads an answer to its end: one that is asked for now, or one that is there.
 *
 * @param {Way} way
 */
async function read(way) {
  // The run of the answer before goes on: reading is not the work.
  current?.controller.abort(new Error("another answer is read"));
  const controller = new AbortController();
  const { signal } = controller;
  const { seen } = way;
  forgetKept();
  begin(way);
  const stream = connectTo(way, { signal, fetch: tapFetch(wire, signal) });
  /** @type {Reading} */
  const reading = { way, stream, controller, isStopping: false, url: undefined };
  current = reading;
  const stopTelling = tellOfConnection(stream, way.kind);
  const stopKeeping = keep(stream, seen);
  try {
    for await (const event of stream) {
      if (current !== reading) continue;
      reading.url = stream.save()?.url ?? reading.url;
      show(event, reading);
    }
  } catch {
    // What went wrong is told by `ended`, for every ending alike.
  }
  const end = await stream.ended;
  stopKeeping();
  // Another answer owns the page by now.
  if (current !== reading) return;
  current = null;
  stopTelling();
  forgetKept();
  finish(end, reading);
}

/** @param {import('ssekit').ReadEvent<import('./run.js').Events>} event @param {Reading} reading */
function show(event, { way: { kind, seen }, url }) {
  switch (event.type) {
    case "asked":
      seen.question = event.question;
      answer.name(event.question);
      runs.showCurrent(url);
      return kind === "asked" ? runs.tellTabs() : undefined;
    case "status":
      seen.phases.push({ phase: event.status, at: event.at ?? Date.now() });
      phases.enter(event.status, event.at);
      void runs.glance();
      return answer.announce(event.status);
    case "chunk":
      return answer.append(event.content);
    case "prices":
      seen.prices = event;
      return plot.show(event);
    case "figures":
      seen.figures = event;
      return answer.showFigures(event);
    case "result":
      phases.leave(event.at);
      return answer.showResult(event);
    case "error": // `ended` carries it, with the outcome.
    case "unknown": // A newer server may say more than this page knows.
      return;
    case "gap":
      return answer.noteGap();
    case "reset": // The answer is told anew, from its beginning.
      Object.assign(seen, nothingSeen(seen.question, seen.key));
      phases.reset();
      plot.clear();
      return answer.restart();
  }
}

/** @param {Way} way */
function begin({ kind, seen, saved, url }) {
  answer.begin(seen.question.trim() || "(no question)");
  phases.reset();
  plot.clear();
  wire.begin();
  runs.showCurrent(saved?.url ?? url);
  submit.hidden = kind !== "replayed";
  stop.hidden = kind === "replayed";
  stop.removeAttribute("aria-disabled");
  if (saved === undefined) return;
  for (const { phase, at } of seen.phases) phases.enter(phase, at);
  if (seen.prices !== null) plot.show(seen.prices);
  if (seen.figures !== null) answer.showFigures(seen.figures);
  if (!saved.isWhole) answer.noteGap();
  answer.append(saved.text);
}

/** @param {{ outcome: string, error?: any }} end @param {Reading} reading */
function finish(end, { way, isStopping, url }) {
  phases.end(end.outcome, way.kind === "replayed");
  wire.end();
  const problem = tellEnd(
    end,
    { kind: way.kind, hadWayBack: isBack(way) || url !== undefined, isStopping },
    runs,
  );
  answer.end(end.outcome, problem, () => ask(way.seen.question));
  const focused = document.activeElement === stop;
  submit.hidden = false;
  stop.hidden = true;
  // A hidden button loses the focus to nowhere.
  if (focused) input.focus();
  if (way.kind !== "replayed") runs.tellTabs();
  void runs.refresh();
}

/** @param {string} question */
function ask(question) {
  void read({ kind: "asked", seen: nothingSeen(question) });
}

/** Stops the run, for every tab. That it has stopped is told by the run itself, to every tab alike. */
async function stopRun() {
  if (current === null || current.isStopping || stop.hidden) return;
  const reading = current;
  reading.isStopping = true;
  // Not `disabled`: that would take the focus away.
  stop.setAttribute("aria-disabled", "true");
  const url = reading.stream.save()?.url;
  const hears = url !== undefined && (await sendStop(url, wire));
  // Nobody there has heard: this page can only read no further.
  if (!hears) reading.controller.abort(new Error("stopped by the reader"));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(input.value);
});
stop.addEventListener("click", () => void stopRun());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") void stopRun();
});
for (const example of EXAMPLES) {
  const chip = make("button", { type: "button", class: "chip", text: example });
  chip.addEventListener("click", () => {
    input.value = example;
    ask(example);
  });
  byId("chips").append(chip);
}

/** Goes on with what this tab read before it was loaded again; else joins what another tab of this browser is waiting for. */
async function arrive() {
  const before = kept();
  if (before) void read({ kind: "reloaded", ...before });
  const running = (await runs.refresh())?.find(({ state }) => state === "running");
  if (running && current === null) await read(wayTo(running));
}
void arrive();
