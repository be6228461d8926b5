/** Whoever hands out what waits. */
export interface OutboxListener {
  /** Whether a reader waits, for an event that is likely alone: it need not wait itself. */
  readonly wantsOne: boolean;
  onAdded(): void;
  /** The frame of an event for which the reader waited: it is in nobody's queue. */
  onOne(frame: string): void;
  /** Nothing comes after what waits. */
  onFinished(): void;
}
