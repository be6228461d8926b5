import { encodeEvent, encodeTexts } from "../protocol/codec.ts";

/** What events of one type that are nothing but a text look like on the wire. */
export class TextForm {
  readonly type: string;
  /** The frame of such an event with an empty text. */
  readonly frameOfNone: string;

  constructor(type: string, textField: string, eventField: boolean) {
    this.type = type;
    this.frameOfNone = encodeEvent({ type, [textField]: "" }, eventField);
  }

  frameOf(text: string): string {
    return encodeTexts(this.frameOfNone, [text], text);
  }
}

/**
 * Neighbouring events that are a type and a text and nothing else, as tokens are. They wait as their texts alone, and
 * are written in one go: what stands around a text is the same for each of them.
 */
export class TextRun {
  readonly #form: TextForm;
  readonly #texts: string[] = [];
  #length = 0;
  #joined: string | undefined;

  constructor(form: TextForm) {
    this.#form = form;
  }

  get type(): string {
    return this.#form.type;
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
    const added = text.length + this.#form.frameOfNone.length;
    this.#length += added;
    return added;
  }

  /** The texts, joined. Nothing is added from then on. */
  get text(): string {
    return (this.#joined ??= this.#texts.join(""));
  }

  get frames(): string {
    return encodeTexts(this.#form.frameOfNone, this.#texts, this.text);
  }
}
