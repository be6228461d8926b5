/** The page: asks, and shows each event where it belongs. */
import { connect } from "ssekit/client";
import { analystEvents } from "../app/events.mjs";
import { Answer } from "./answer.js";
import { tellOfConnection } from "./connection.js";
import { byId, make } from "./dom.js";
import { forgetKept, keep, kept, nothingSeen } from "./keep.js";
import { Phases } from "./phases.js";
import { createPlot } from "./plot.js";
import { createRunsPanel } from "./runs.js";
import { tapFetch, Wire } from "./wire.js";
import { tellEnd } from "./words.js";

/** @typedef {import('./keep.js').Seen} Seen */
/** @typedef {import('./keep.js').SavedStream} SavedStream */

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
const runs = createRunsPanel();

/** @type {AbortController | null} The run at work. */
let running = null;

/**
 * Asks, or goes on with what was asked before the page was reloaded, and reads to the end.
 *
 * @param {Seen} seen
 * @param {SavedStream} [restore]
 */
async function read(seen, restore) {
  running?.abort(new Error("another question was asked"));
  const controller = new AbortController();
  const { signal } = controller;
  running = controller;
  forgetKept();
  begin(seen, restore);
  const options = { events: analystEvents, signal, fetch: tapFetch(wire, signal) };
  const stream = restore
    ? connect(restore.url, { ...options, restore })
    : connect("/api/chat", { ...options, method: "POST", json: { message: seen.question } });
  const stopTelling = tellOfConnection(stream, restore !== undefined);
  const stopKeeping = keep(stream, seen);
  let hadWayBack = restore !== undefined;
  try {
    for await (const event of stream) {
      if (running !== controller) continue;
      show(event, seen);
      hadWayBack ||= stream.save() !== undefined;
    }
  } catch {
    // What went wrong is told by `ended`, for every ending alike.
  }
  const end = await stream.ended;
  stopKeeping();
  // A later question owns the page by now.
  if (running !== controller) return;
  running = null;
  stopTelling();
  forgetKept();
  finish(end, hadWayBack);
}

/** @param {import('ssekit').ReadEvent<typeof analystEvents>} event @param {Seen} seen */
function show(event, seen) {
  switch (event.type) {
    case "status":
      seen.phases.push({ phase: event.status, at: Date.now() });
      phases.enter(event.status);
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
      return answer.showResult(event);
    case "error": // `ended` carries it, with the outcome.
    case "unknown": // A newer server may say more than this page knows.
      return;
    case "gap":
      return answer.noteGap();
    case "reset": // The answer is told anew, from its beginning.
      Object.assign(seen, nothingSeen(seen.question));
      phases.reset();
      plot.clear();
      return answer.restart();
  }
}

/** @param {Seen} seen @param {SavedStream | undefined} restore */
function begin({ question, phases: entered, prices, figures }, restore) {
  answer.begin(question.trim() || "(no question)");
  phases.reset();
  plot.clear();
  wire.begin();
  submit.hidden = true;
  stop.hidden = false;
  if (restore === undefined) return;
  for (const { phase, at } of entered) phases.enter(phase, at);
  if (prices !== null) plot.show(prices);
  if (figures !== null) answer.showFigures(figures);
  if (!restore.isWhole) answer.noteGap();
  answer.append(restore.text);
}

/** @param {{ outcome: string, error?: any }} end @param {boolean} hadWayBack */
function finish(end, hadWayBack) {
  phases.end(end.outcome);
  wire.end();
  answer.end(end.outcome, tellEnd(end, { hadWayBack }));
  const focused = document.activeElement === stop;
  submit.hidden = false;
  stop.hidden = true;
  // A hidden button loses the focus to nowhere.
  if (focused) input.focus();
  void runs.refresh();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void read(nothingSeen(input.value));
});
stop.addEventListener("click", () => running?.abort(new Error("stopped by the reader")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") running?.abort(new Error("stopped by the reader"));
});
for (const example of EXAMPLES) {
  const chip = make("button", { type: "button", class: "chip", text: example });
  chip.addEventListener("click", () => {
    input.value = example;
    void read(nothingSeen(example));
  });
  byId("chips").append(chip);
}
void runs.refresh();
const before = kept();
if (before) void read(before.seen, before.saved);
