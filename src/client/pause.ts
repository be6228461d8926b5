import { isHidden, onPage } from "./page.ts";
import { after } from "./timer.ts";

/** How long a reader stays away. */
export interface Pause {
  /** What the server asked for: in any case. */
  floorMs: number;
  /** What comes on top of it, unless the page says that it is time. */
  moreMs: number;
  /** Whether it ends while nobody sees the page. */
  whileHidden: boolean;
}

/** Starts a pause. `onEnd` is called once: at its end, or by the returned function. */
export function startPause({ floorMs, moreMs, whileHidden }: Pause, onEnd: () => void): () => void {
  const begin = Date.now();
  let isDue = false;
  const end = () => {
    cancel();
    forget();
    onEnd();
  };
  const due = () => {
    isDue = true;
    if (whileHidden || !isHidden()) end();
  };
  let cancel = after(floorMs + moreMs, due);
  const forget = onPage(["online", "visibilitychange"], () => {
    if (isDue) return due();
    if (isHidden()) return;
    cancel();
    cancel = after(begin + floorMs - Date.now(), due);
  });
  return end;
}
