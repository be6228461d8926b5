import { outgoing } from "../protocol/codec.ts";
import type { EventSet } from "../protocol/define.ts";
import { EncodeError } from "../protocol/errors.ts";
import type { AnyEvent } from "../protocol/events.ts";
import type { GrowingText } from "./text.ts";

/** Where a session's events go: to the one reader of its stream, or to a log. It is the crossing from events to frames. */
export interface EventSink {
  /** Events to go until it is full; 0 or less: whoever takes from it is behind. */
  readonly desiredSize: number;
  /** Resolves when there is room again, for more than one, or never will be. */
  readonly ready: Promise<void>;
  /** Set when it could not keep an event. */
  readonly overflow: unknown;
  /** How many events were added, the terminal not counted. */
  readonly added: number;
  /** The text of all `chunk` events that were added, as far as it is kept. */
  readonly text: GrowingText;
  /** @throws {EncodeError} when the event cannot go out as it is. */
  add(event: AnyEvent): boolean;
  /** Adds an event that is a type and a text and nothing else, of a type for which that is all there is to check. */
  addText(type: string, textField: string, text: string): boolean;
  /** @throws {EncodeError} when the event cannot go out as it is. */
  encode(event: AnyEvent): string;
  /** Ends it: after what waits come `frames`, the terminal the last of them, then nothing. */
  finish(frames: string[]): void;
}

/**
 * An event as it may go out, which is no end: ends are the session's, and an object must not turn into one on its way.
 *
 * @throws {EncodeError} when it cannot go out as it is.
 */
export function outgoingPart(event: AnyEvent, events: EventSet): AnyEvent {
  const plain = outgoing(event, events);
  if (plain.type === "done" || plain.type === "error") {
    throw new EncodeError("INVALID_FIELD", "type", "`toJSON` must not make an end of an event");
  }
  return plain;
}
