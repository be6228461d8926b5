/** The stepper: four phases, one after another, each with the time it took. */
import { PHASES } from "../app/events.mjs";
import { byId, duration, make } from "./dom.js";

/** @typedef {import('../app/events.mjs').Phase} Phase */
/** @typedef {{ phase: Phase, item: HTMLElement, time: HTMLElement }} Step */

const NAMES = {
  analyzing: "Analyze",
  planning: "Plan",
  retrieving: "Retrieve",
  synthesizing: "Synthesize",
};

export class Phases {
  /** @type {Step[]} */
  #steps = PHASES.map(makeStep);
  /** @type {{ step: Step, since: number } | null} The phase at work. */
  #current = null;
  #ticking = 0;

  constructor() {
    byId("phases").append(...this.#steps.map(({ item }) => item));
  }

  reset() {
    this.#leave("done");
    for (const { item, time } of this.#steps) {
      item.dataset.state = "pending";
      time.textContent = "";
    }
  }

  /** @param {Phase} phase @param {number} [at] - When, in milliseconds since 1970. */
  enter(phase, at = Date.now()) {
    this.#leave("done", at);
    const index = PHASES.indexOf(phase);
    // A graph may take a shorter way; what it passed by was skipped, not forgotten.
    for (const step of this.#steps.slice(0, index)) {
      if (step.item.dataset.state === "pending") setState(step, "skipped");
    }
    const step = this.#steps[index];
    this.#current = { step, since: at };
    setState(step, "active");
    this.#ticking = window.setInterval(() => this.#showTime(), 60);
  }

  /** The last phase is over. @param {number} [at] */
  leave(at) {
    this.#leave("done", at);
  }

  /** @param {string} outcome @param {boolean} isReplayed - Then nobody here knows how long the phase at work took. */
  end(outcome, isReplayed) {
    const time = this.#current?.step.time;
    this.#leave(outcome === "completed" ? "done" : "stopped");
    if (isReplayed && time) time.textContent = "";
  }

  /** @param {string} state - What becomes of the phase at work. @param {number} [at] */
  #leave(state, at) {
    if (this.#current === null) return;
    this.#showTime(at);
    setState(this.#current.step, state);
    this.#current = null;
    clearInterval(this.#ticking);
  }

  #showTime(now = Date.now()) {
    if (this.#current === null) return;
    const { step, since } = this.#current;
    step.time.textContent = duration(Math.max(0, now - since));
  }
}

/** @param {Phase} phase @returns {Step} */
function makeStep(phase) {
  const time = make("span", { class: "time" });
  const item = make(
    "li",
    { "data-phase": phase, "data-state": "pending" },
    make("span", { class: "dot", "aria-hidden": "true" }),
    make("span", { class: "name", text: NAMES[phase] }),
    time,
  );
  return { phase, item, time };
}

/** @param {Step} step @param {string} state */
function setState({ item }, state) {
  item.dataset.state = state;
  if (state === "active") item.setAttribute("aria-current", "step");
  else item.removeAttribute("aria-current");
}
