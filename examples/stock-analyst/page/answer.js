/** The answer: its text as it grows, figures, sources, and how it ended. */
import { byId, make, percent } from "./dom.js";

export function createAnswer() {
  const [asked, badge, text, notice, figures, sources, announce] = [
    "asked",
    "outcome",
    "text",
    "notice",
    "figures",
    "sources",
    "announce",
  ].map(byId);
  const caret = make("span", { class: "caret", "aria-hidden": "true" });

  return {
    /** @param {string} question */
    begin(question) {
      asked.textContent = question;
      badge.hidden = notice.hidden = figures.hidden = sources.hidden = true;
      text.replaceChildren(make("p", {}, caret));
      // While busy a screen reader waits, and then reads the whole answer once.
      text.setAttribute("aria-busy", "true");
      announce.textContent = "";
    },

    /** @param {string} phase */
    phase(phase) {
      announce.textContent = phase;
    },

    /** @param {string} content */
    append(content) {
      const [first = "", ...paragraphs] = content.split("\n\n");
      addWords(first);
      for (const paragraph of paragraphs) {
        text.append(make("p", {}, caret));
        addWords(paragraph);
      }
    },

    /** @param {import('../app/events.mjs').FigureTable} table */
    showFigures({ rows }) {
      const heads = ["", "Return", "A year", "Volatility", "Drawdown"];
      const body = rows.map(({ symbol, totalReturn, annualReturn, volatility, maxDrawdown }) => {
        const tone = totalReturn < 0 ? "loss" : "gain";
        const cells = [percent(annualReturn, true), percent(volatility), percent(maxDrawdown)];
        return make(
          "tr",
          {},
          make("th", { scope: "row", text: symbol }),
          make("td", { class: tone, text: percent(totalReturn, true) }),
          ...cells.map((value) => make("td", { text: value })),
        );
      });
      const head = make("tr", {}, ...heads.map((name) => make("th", { scope: "col", text: name })));
      figures.replaceChildren(
        make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)),
      );
      figures.hidden = false;
    },

    /** @param {import('../app/events.mjs').AnalystResult} result */
    showResult({ sources: used, disclaimer }) {
      const items = used.map(({ title, detail, file }) =>
        make("li", { title: file }, make("b", { text: title }), make("span", { text: detail })),
      );
      const files = [...new Set(used.map(({ file }) => file))].join(", ");
      sources.replaceChildren(
        ...(items.length > 0
          ? [make("h2", {}, "Sources ", make("span", { text: files })), make("ul", {}, ...items)]
          : []),
        make("p", { class: "disclaimer", text: disclaimer }),
      );
      sources.hidden = false;
    },

    /** @param {string} outcome @param {{ title: string, detail?: string | undefined } | null} problem */
    end(outcome, problem) {
      caret.remove();
      for (const paragraph of text.querySelectorAll("p")) {
        // The single words were spans for their fading in; one text is lighter and selects better.
        const whole = paragraph.textContent ?? "";
        paragraph.textContent = whole;
        if (whole === "") paragraph.remove();
      }
      text.setAttribute("aria-busy", "false");
      badge.textContent = outcome;
      badge.dataset.outcome = outcome;
      badge.hidden = false;
      announce.textContent = `The answer ${outcome === "completed" ? "is complete" : `ended: ${outcome}`}`;
      if (problem === null) return;
      notice.replaceChildren(
        make("b", { text: problem.title }),
        ...(problem.detail ? [make("span", { text: problem.detail })] : []),
      );
      notice.hidden = false;
    },
  };

  /** @param {string} words */
  function addWords(words) {
    if (words !== "") caret.before(make("span", { class: "word", text: words }));
  }
}
