import type { Life } from "./life.ts";

/** Tells `onAborted` when `signal` aborts while `life` lasts, or at once when it has. */
export function follow(
  signal: AbortSignal | undefined,
  life: Life,
  onAborted: (reason: unknown) => void,
): void {
  if (signal === undefined) return;
  const onAbort = () => onAborted(signal.reason);
  if (signal.aborted) {
    onAbort();
    return;
  }
  signal.addEventListener("abort", onAbort, { once: true });
  life.atEnd({ onEnded: () => signal.removeEventListener("abort", onAbort) });
}
