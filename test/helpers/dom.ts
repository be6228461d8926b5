import { Window } from "happy-dom";

// Imported before React DOM, which looks for a document when it is loaded. The rest of what a page has is Node's own:
// `fetch`, `AbortController` and streams are the real ones.
const window = new Window({ url: "http://localhost/" });
const { document: page, Element, SVGElement } = window;
Object.assign(globalThis, { window, document: page, Element, SVGElement });

/** An empty element of the page, to render into. */
export function emptyElement(): HTMLElement {
  const element = document.createElement("div");
  document.body.append(element);
  return element;
}
