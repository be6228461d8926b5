/** Pieces are joined when this many wait: a string made by a million small additions is a million objects. */
const JOIN_AT = 1_024;

/** Text that grows piece by piece, flat in memory, up to a limit. */
export class GrowingText {
  readonly #limit: number;
  #joined = "";
  #pieces: string[] = [];
  #length = 0;
  #isWhole = true;

  /** @param limit - Most characters that are kept; what comes after is left out, and `isWhole` says so. */
  constructor(limit: number = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  append(piece: string): void {
    const room = this.#limit - this.#length;
    if (piece.length > room) this.#isWhole = false;
    if (room <= 0) return;
    const kept = piece.length > room ? piece.slice(0, room) : piece;
    this.#length += kept.length;
    this.#pieces.push(kept);
    if (this.#pieces.length >= JOIN_AT) this.toString();
  }

  toString(): string {
    if (this.#pieces.length > 0) {
      this.#joined += this.#pieces.join("");
      this.#pieces = [];
    }
    return this.#joined;
  }
}
