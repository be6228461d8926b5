import { encodeTexts } from "../protocol/codec.ts";

/**
 * Neighbouring events that are a type and a text and nothing else, as tokens are. They wait as their texts alone, and
 * are written in one go: what stands around a text is the same for each of them.
 */
export class TextRun {
  readonly type: string;
  readonly #frameOfNone: string;
  readonly #texts: string[] = [];
  #length = 0;
  #joined: string | undefined;

  /** @param frameOfNone - The frame of such an event with an empty text. */
  constructor(type: string, frameOfNone: string) {
    this.type = type;
    this.#frameOfNone = frameOfNone;
  }

  /** How many events it holds. */
  get count(): number {
    return this.#texts.length;
  }

  /** Length of its frames, in UTF-16 units, before anything is escaped. */
  get length(): number {
    return this.#length;
  }

  /** Adds an event. Answers what it adds to the length. */
  add(text: string): number {
    this.#texts.push(text);
    const added = text.length + this.#frameOfNone.length;
    this.#length += added;
    return added;
  }

  /** The texts, joined. Nothing is added from then on. */
  get text(): string {
    return (this.#joined ??= this.#texts.join(""));
  }

  get frames(): string {
    return encodeTexts(this.#frameOfNone, this.#texts, this.text);
  }
}
