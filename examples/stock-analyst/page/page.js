/** The page: asks, and shows each event where it belongs. */
import { connect } from "ssekit/client";
import { analystEvents } from "../app/events.mjs";
import { Answer } from "./answer.js";
import { byId, make } from "./dom.js";
import { Phases } from "./phases.js";
import { createPlot } from "./plot.js";
import { createRunsPanel } from "./runs.js";
import { tapFetch, Wire } from "./wire.js";

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

/** @param {string} message */
async function ask(message) {
  running?.abort(new Error("another question was asked"));
  const controller = new AbortController();
  running = controller;
  begin(message);
  const stream = connect("/api/chat", {
    method: "POST",
    json: { message },
    events: analystEvents,
    signal: controller.signal,
    fetch: tapFetch(wire, controller.signal),
  });
  try {
    for await (const event of stream) if (running === controller) show(event);
  } catch {
    // What went wrong is told by `ended`, for every ending alike.
  }
  const end = await stream.ended;
  // A later question owns the page by now.
  if (running !== controller) return;
  running = null;
  finish(end);
}

/** @param {import('ssekit').ReadEvent<typeof analystEvents>} event */
function show(event) {
  switch (event.type) {
    case "status":
      phases.enter(event.status);
      void runs.glance();
      return answer.announce(event.status);
    case "chunk":
      return answer.append(event.content);
    case "prices":
      return plot.show(event);
    case "figures":
      return answer.showFigures(event);
    case "result":
      return answer.showResult(event);
    case "error": // `ended` carries it, with the outcome.
    case "unknown": // A newer server may say more than this page knows.
    case "gap":
      return;
    case "reset": // The answer is told anew, from its beginning.
      phases.reset();
      return answer.restart();
  }
}

/** @param {string} message */
function begin(message) {
  answer.begin(message.trim() || "(no question)");
  phases.reset();
  plot.clear();
  wire.begin("POST /api/chat");
  submit.hidden = true;
  stop.hidden = false;
}

/** @param {{ outcome: string, error?: any }} end */
function finish({ outcome, error }) {
  phases.end(outcome);
  wire.end();
  answer.end(outcome, describe(outcome, error));
  const focused = document.activeElement === stop;
  submit.hidden = false;
  stop.hidden = true;
  // A hidden button loses the focus to nowhere.
  if (focused) input.focus();
  void runs.refresh();
}

/** @param {string} outcome @param {any} error */
function describe(outcome, error) {
  if (outcome === "completed") return null;
  if (outcome === "aborted") {
    // With an event the server has told of it: somebody stopped the stream over there.
    return error?.event
      ? { title: "The server stopped the answer.", detail: "The answer above is not whole." }
      : { title: "Stopped.", detail: "The graph on the server was aborted." };
  }
  if (outcome === "truncated" || outcome === "dropped")
    return { title: "The connection was cut.", detail: "The answer above is not whole." };
  if (typeof error?.status === "number")
    return {
      title: messageOf(error.body) ?? "The server refused.",
      detail: `HTTP ${error.status}`,
    };
  const event = error?.event;
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

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void ask(input.value);
});
stop.addEventListener("click", () => running?.abort(new Error("stopped by the reader")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") running?.abort(new Error("stopped by the reader"));
});
for (const example of EXAMPLES) {
  const chip = make("button", { type: "button", class: "chip", text: example });
  chip.addEventListener("click", () => {
    input.value = example;
    void ask(example);
  });
  byId("chips").append(chip);
}
void runs.refresh();
