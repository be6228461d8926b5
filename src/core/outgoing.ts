import type { EndListener } from "./life.ts";
import type { ByteSink } from "./source.ts";

/**
 * What one reader gets, as whoever transports it holds it: a stream of its own, or its place in a log that many read.
 *
 * The transport takes, sends, and takes again; the first word about how it ended counts.
 */
export interface OutgoingStream {
  /** Whether the last frame was handed out. */
  readonly isDrained: boolean;
  /** Hands `sink` the next bytes once there are some, always whole frames; `undefined` is the end. One at a time. */
  take(sink: ByteSink): void;
  /** The head is on its way: whoever has something to tell may begin. Called again, it does nothing. */
  start(): void;
  /** Tells `listener` when it ends, or at once when it has ended. */
  atEnd(listener: EndListener): void;
  /** The transport took the last byte. */
  delivered(): void;
  /** The reader left, or somebody aborted. */
  leave(reason: unknown): void;
  /** The transport broke, or the reader does not take. */
  drop(reason: unknown): void;
}
