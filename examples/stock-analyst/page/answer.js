/** The answer: its text as it grows, figures, sources, and how it ended. */
import { byId, make, percent } from "./dom.js";
import { outcomeWord } from "./words.js";

/** @typedef {import('../app/events.mjs').FigureTable} FigureTable */
/** @typedef {import('../app/events.mjs').AnalystResult} AnalystResult */

export class Answer {
  #asked = byId("asked");
  #badge = byId("outcome");
  #text = byId("text");
  #notice = byId("notice");
  #figures = byId("figures");
  #sources = byId("sources");
  #announce = byId("announce");
  #isWhole = true;
  /** @type {HTMLElement} */
  #caret = make("span", { class: "caret", "aria-hidden": "true" });

  /** @param {string} question */
  begin(question) {
    this.name(question);
    this.restart();
  }

  /** @param {string} question */
  name(question) {
    this.#asked.textContent = question;
  }

  /** What was shown of an answer is void. */
  restart() {
    this.#isWhole = true;
    for (const part of [this.#badge, this.#notice, this.#figures, this.#sources])
      part.hidden = true;
    this.#text.replaceChildren(make("p", {}, this.#caret));
    // While busy a screen reader waits, and then reads the whole answer once.
    this.#text.setAttribute("aria-busy", "true");
    this.#announce.textContent = "";
  }

  /** @param {string} phase */
  announce(phase) {
    this.#announce.textContent = phase;
  }

  /** @param {string} content */
  append(content) {
    const [first = "", ...paragraphs] = content.split("\n\n");
    this.#addWords(first);
    for (const paragraph of paragraphs) {
      this.#text.append(make("p", {}, this.#caret));
      this.#addWords(paragraph);
    }
  }

  /** @param {string} words */
  #addWords(words) {
    if (words !== "") this.#caret.before(make("span", { class: "word", text: words }));
  }

  /** A part of the text is lost: its reader sees where. */
  noteGap() {
    this.#isWhole = false;
    const text = "A part of the answer is missing here: the server does not keep it any longer.";
    this.#text.append(make("p", { class: "gap", text }), make("p", {}, this.#caret));
  }

  /** @param {FigureTable} table */
  showFigures({ rows }) {
    const heads = ["", "Return", "A year", "Volatility", "Drawdown"];
    const head = make("tr", {}, ...heads.map((name) => make("th", { scope: "col", text: name })));
    const body = make("tbody", {}, ...rows.map(toTableRow));
    this.#figures.replaceChildren(make("table", {}, make("thead", {}, head), body));
    this.#figures.hidden = false;
  }

  /** @param {AnalystResult} result */
  showResult({ content, sources, disclaimer }) {
    if (!this.#isWhole) {
      // The result has all of the text, what was lost on the way too.
      this.#text.replaceChildren(make("p", {}, this.#caret));
      this.append(content);
      this.#isWhole = true;
    }
    const files = [...new Set(sources.map(({ file }) => file))].join(", ");
    const items = sources.map(({ title, detail }) =>
      make("li", {}, make("b", { text: title }), make("span", { text: detail })),
    );
    const used = [
      make("h2", {}, "Sources ", make("span", { text: files })),
      make("ul", {}, ...items),
    ];
    this.#sources.replaceChildren(
      ...(items.length > 0 ? used : []),
      make("p", { class: "disclaimer", text: disclaimer }),
    );
    this.#sources.hidden = false;
  }

  /** @param {string} outcome @param {import('./words.js').Told | null} problem @param {() => void} askAgain */
  end(outcome, problem, askAgain) {
    this.#caret.remove();
    for (const paragraph of this.#text.querySelectorAll("p")) {
      // The single words were spans for their fading in; one text is lighter and selects better.
      const whole = paragraph.textContent ?? "";
      paragraph.textContent = whole;
      if (whole === "") paragraph.remove();
    }
    this.#text.setAttribute("aria-busy", "false");
    this.#badge.textContent = outcomeWord(outcome);
    this.#badge.dataset.outcome = outcome;
    this.#badge.hidden = false;
    this.#announce.textContent =
      outcome === "completed"
        ? "The answer is complete"
        : `The answer ended: ${outcomeWord(outcome)}`;
    if (problem === null) return;
    const detail = problem.detail ? [make("span", { text: problem.detail })] : [];
    const again = make("button", { type: "button", class: "again", text: "Ask again" });
    again.addEventListener("click", askAgain);
    const offered = problem.again ? [again] : [];
    this.#notice.replaceChildren(make("b", { text: problem.title }), ...detail, ...offered);
    this.#notice.hidden = false;
  }
}

/** @param {FigureTable['rows'][number]} row */
function toTableRow({ symbol, totalReturn, annualReturn, volatility, maxDrawdown }) {
  const cells = [percent(annualReturn, true), percent(volatility), percent(maxDrawdown)];
  return make(
    "tr",
    {},
    make("th", { scope: "row", text: symbol }),
    make("td", { class: totalReturn < 0 ? "loss" : "gain", text: percent(totalReturn, true) }),
    ...cells.map((text) => make("td", { text })),
  );
}
