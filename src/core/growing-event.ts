import type { AnyEvent } from "../protocol/events.ts";
import { differOnlyInContent } from "./queue.ts";
import { GrowingText } from "./text.ts";

type TextEvent = AnyEvent & { content: string };

/** An event that waits while its text still grows: its neighbours join it as long as the reader is behind. */
export class GrowingEvent {
  readonly #event: TextEvent;
  readonly #content = new GrowingText();
  readonly #frameLength: number;

  /** @param frame - The event as it is now, encoded: that it can be is known from here on. */
  constructor(event: TextEvent, frame: string) {
    this.#event = { ...event };
    this.#content.append(event.content);
    this.#frameLength = frame.length - event.content.length;
  }

  /** Length of its frame, in UTF-16 units, before the joined text is escaped. */
  get length(): number {
    return this.#frameLength + this.#content.length;
  }

  /** Takes `newer` in. `false`, and nothing done, when more than its text is another. */
  join(newer: GrowingEvent): boolean {
    if (!differOnlyInContent(this.#event, newer.#event)) return false;
    this.#content.append(newer.#content.toString());
    return true;
  }

  /** The event, with all of its text. */
  get event(): AnyEvent {
    return { ...this.#event, content: this.#content.toString() } as AnyEvent;
  }
}

/** Only what is flat may grow: a part that somebody else holds could change until it is written. */
export function canGrow(event: AnyEvent): event is TextEvent {
  return (
    typeof (event as { content?: unknown }).content === "string" &&
    !("toJSON" in event) &&
    Object.values(event).every(
      (value) => value === null || !/^(object|function)$/.test(typeof value),
    )
  );
}
