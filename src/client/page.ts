// What the page around the client says of itself. Elsewhere there is none, and nothing is heard.

/** Whether nobody sees the page. */
export const isHidden = (): boolean => globalThis.document?.visibilityState === "hidden";

// Some of a page's events are its document's and do not bubble: they pass on the way down.
const CAPTURE = true;

/** Calls `onEvent` at each of the page's events of these names, until the returned function is called. */
export function onPage(names: readonly string[], onEvent: (event: Event) => void): () => void {
  for (const name of names) globalThis.addEventListener?.(name, onEvent, CAPTURE);
  return () => {
    for (const name of names) globalThis.removeEventListener?.(name, onEvent, CAPTURE);
  };
}
