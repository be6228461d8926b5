/** The stepper: four phases, one after another, each with the time it took. */
import { PHASES } from "../app/events.mjs";
import { byId, duration, make } from "./dom.js";

const NAMES = {
  analyzing: "Analyze",
  planning: "Plan",
  retrieving: "Retrieve",
  synthesizing: "Synthesize",
};

export function createPhases() {
  const list = byId("phases");
  /** @type {Map<string, { item: HTMLElement, time: HTMLElement }>} */
  const steps = new Map(
    PHASES.map((phase) => {
      const time = make("span", { class: "time" });
      const item = make(
        "li",
        { "data-phase": phase, "data-state": "pending" },
        make("span", { class: "dot", "aria-hidden": "true" }),
        make("span", { class: "name", text: NAMES[phase] }),
        time,
      );
      list.append(item);
      return [phase, { item, time }];
    }),
  );

  /** @type {{ phase: string, since: number } | null} */
  let current = null;
  let ticking = 0;

  /** @param {string} phase @param {string} state */
  const set = (phase, state) => {
    const step = steps.get(phase);
    if (step === undefined) return;
    step.item.dataset.state = state;
    if (state === "active") step.item.setAttribute("aria-current", "step");
    else step.item.removeAttribute("aria-current");
  };
  const showTime = () => {
    if (current === null) return;
    const step = steps.get(current.phase);
    if (step) step.time.textContent = duration(performance.now() - current.since);
  };
  /** @param {string} state - What becomes of the phase at work. */
  const leave = (state) => {
    if (current === null) return;
    showTime();
    set(current.phase, state);
    current = null;
    clearInterval(ticking);
  };

  return {
    reset() {
      leave("done");
      for (const { item, time } of steps.values()) {
        item.dataset.state = "pending";
        time.textContent = "";
      }
    },
    /** @param {string} phase */
    enter(phase) {
      leave("done");
      const index = PHASES.findIndex((one) => one === phase);
      // A graph may take a shorter way; what it passed by was skipped, not forgotten.
      for (const before of PHASES.slice(0, index)) {
        if (steps.get(before)?.item.dataset.state === "pending") set(before, "skipped");
      }
      current = { phase, since: performance.now() };
      set(phase, "active");
      ticking = window.setInterval(showTime, 60);
    },
    /** @param {string} outcome */
    end(outcome) {
      leave(outcome === "completed" ? "done" : "stopped");
    },
  };
}
