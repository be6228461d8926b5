/** The line under the text that tells how the connection is, as long as that is worth a word. */
import { byId, make } from "./dom.js";
import { tellConnection } from "./words.js";

const TICK_MS = 200;

/**
 * Tells of `stream` until the returned function is called.
 *
 * @param {import('ssekit/client').EventStream<any>} stream
 * @param {import('./run.js').Kind} kind - How the page came to it.
 */
export function tellOfConnection(stream, kind) {
  const line = byId("connection");
  const announce = byId("announce");
  let shown = "";
  let announced = "";

  const show = () => {
    const snapshot = stream.getSnapshot();
    const isSeen = document.visibilityState !== "hidden";
    const told = tellConnection(snapshot, { kind, isSeen, now: Date.now() });
    const { title = "", detail = "" } = told ?? {};
    if (`${snapshot.state} ${title} ${detail}` === shown) return;
    shown = `${snapshot.state} ${title} ${detail}`;
    line.hidden = told === null;
    line.dataset.state = snapshot.state;
    line.replaceChildren(make("b", { text: title }), make("span", { text: detail }));
    // The seconds are for the eye: what is read aloud is told once.
    if (title === announced) return;
    announced = title;
    if (title !== "" && (kind !== "asked" || snapshot.attempt > 1 || snapshot.state === "waiting"))
      announce.textContent = title;
  };
  const forget = stream.subscribe(show);
  const ticking = setInterval(show, TICK_MS);
  show();
  return () => {
    forget();
    clearInterval(ticking);
    line.hidden = true;
  };
}
