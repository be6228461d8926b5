import { AFTER_TEXT, beforeText, encodeText, encodeTexts } from "../protocol/codec.ts";
import { needsEscape } from "../protocol/encode.ts";
import type { TextFrames } from "../protocol/room.ts";
import { isPlain } from "../protocol/room.ts";

/** What events of one type that are nothing but a text look like on the wire. */
export class TextForm {
  readonly type: string;
  /** What stands before the text. */
  readonly before: string;

  constructor(type: string, textField: string, eventField: boolean) {
    this.type = type;
    this.before = beforeText(type, textField, eventField);
  }

  /** Length of a frame, but for its text. */
  get length(): number {
    return this.before.length + AFTER_TEXT.length;
  }

  frameOf(text: string): string {
    return encodeText(this.before, text);
  }
}

/**
 * Neighbouring events that are a type and a text and nothing else, as tokens are. They wait as their texts alone, and
 * are written in one go: what stands around a text is the same for each of them.
 */
export class TextRun implements TextFrames {
  readonly #form: TextForm;
  readonly texts: string[] = [];
  #length = 0;
  #joined: string | undefined;
  #isPlain: boolean | undefined;

  constructor(form: TextForm) {
    this.#form = form;
  }

  get type(): string {
    return this.#form.type;
  }

  /** How many events it holds. */
  get count(): number {
    return this.texts.length;
  }

  /** Length of its frames, in UTF-16 units, before anything is escaped. */
  get length(): number {
    return this.#length;
  }

  /** Adds an event. Answers what it adds to the length. */
  add(text: string): number {
    this.texts.push(text);
    const added = text.length + this.#form.length;
    this.#length += added;
    return added;
  }

  /** The texts, joined. Nothing is added from then on. */
  get text(): string {
    return (this.#joined ??= this.texts.join(""));
  }

  get before(): string {
    return this.#form.before;
  }

  get after(): string {
    return AFTER_TEXT;
  }

  get isPlain(): boolean {
    return (this.#isPlain ??= isPlain(this.text));
  }

  get frames(): string {
    const needEscape = !this.isPlain && needsEscape(this.text);
    return encodeTexts(this.#form.before, this.texts, needEscape);
  }
}
