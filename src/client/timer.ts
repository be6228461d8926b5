/** The longest time a timer can be set to; it would fire at once beyond. */
const LONGEST_MS = 2_147_483_647;

/** Calls `onDue` after `ms`, unless the returned function is called before. The client's one kind of timer. */
export function after(ms: number, onDue: () => void): () => void {
  const timer = setTimeout(onDue, Math.min(ms, LONGEST_MS));
  return () => clearTimeout(timer);
}
