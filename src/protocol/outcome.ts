/**
 * How a stream ended. Both ends know it, and every stream has exactly one.
 *
 * - `completed`: the terminal was seen, and no `error` event before it.
 * - `failed`: the work or the exchange failed: an `error` event, a refusal, bytes that are no event.
 * - `aborted`: the reader left, or somebody stopped the stream on purpose.
 * - `truncated`: the body ended cleanly, but without a terminal.
 * - `dropped`: the transport broke, or the reader fell too far behind.
 */
export type Outcome = "completed" | "failed" | "aborted" | "truncated" | "dropped";

/** The `code` of an `error` event that tells the reader it fell too far behind: the outcome is `dropped` on both ends. */
export const DROPPED = "DROPPED";

/** The `code` of an `error` event that tells the reader somebody stopped the stream on purpose: `aborted` on both ends. */
export const ABORTED = "ABORTED";

/** The outcome that an `error` event stands for. */
export function outcomeOf({ code }: { code?: string | undefined }): Outcome {
  // The codes are named after their outcomes.
  return code === DROPPED || code === ABORTED ? (code.toLowerCase() as Outcome) : "failed";
}
