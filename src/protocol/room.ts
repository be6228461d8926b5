import { asciiNeedsEscape } from "./encode.ts";

// The room that frames are encoded in before they are copied out: an array that is made for each batch would first be
// filled with zeroes.

export const utf8 = new TextEncoder();
/** Room for a batch of a stream and its last frame, at three bytes for each UTF-16 unit. */
const ROOM_BYTES = 384 * 1024;
/** Room behind it for a text that is copied from, piece by piece: so much of ASCII. */
export const MOST_SOURCE = 128 * 1024;
/** Where what stands between two pieces lies. */
const BETWEEN = ROOM_BYTES + MOST_SOURCE;
const BETWEEN_BYTES = 512;
/** Shorter texts are joined first: each crossing into the encoder costs as much as a few hundred characters. */
export const LONG = 1_024;
/** Longer lines are copied by the engine, which then is faster than a loop over words. */
const LONG_LINE = 128;
/** A text that does not begin so is none of ASCII: that need not be found out by encoding it. */
export const BEGINS_AS_ASCII = /^[\0-\x7f]{64}/;

/** Whether `text` is ASCII that JSON writes as it is. Short text is told to be none, since it is joined first anyway. */
export function isPlain(text: string): boolean {
  return BEGINS_AS_ASCII.test(text) && !asciiNeedsEscape(text) && placeSource(text);
}

/** Frames that differ in nothing but a text in the JSON of each. */
export interface TextFrames {
  readonly before: string;
  readonly texts: readonly string[];
  /** The texts, joined. */
  readonly text: string;
  /** What {@link isPlain} tells of it. */
  readonly isPlain: boolean;
  readonly after: string;
  /** All of them as they are on the wire. */
  readonly frames: string;
}

let room: { bytes: Uint8Array<ArrayBuffer>; words: DataView; source: Uint8Array } | undefined;

function theRoom(): NonNullable<typeof room> {
  if (room === undefined) {
    const bytes = new Uint8Array(BETWEEN + BETWEEN_BYTES);
    const source = bytes.subarray(ROOM_BYTES, BETWEEN);
    room = { bytes, words: new DataView(bytes.buffer), source };
  }
  return room;
}

/** The bytes up to there, as a buffer of their own. */
export function fromRoom(end: number): Uint8Array<ArrayBuffer> {
  return theRoom().bytes.slice(0, end);
}

/** Encodes `text` into the room from `start` on. Answers where it ends, or `undefined` if it finds no place. */
export function place(text: string, start: number): number | undefined {
  const { bytes } = theRoom();
  if (start + text.length * 3 > ROOM_BYTES) return undefined;
  return start + utf8.encodeInto(text, start === 0 ? bytes : bytes.subarray(start)).written;
}

/**
 * As {@link place}, for text without CR as the lines of an event's data; `undefined` also when it is no ASCII. It
 * copies words, and what comes next lies over the last of them: many short strings take longer.
 */
export function placeLines(text: string, start: number): number | undefined {
  const { bytes, words } = theRoom();
  if (!placeSource(text)) return undefined;
  let to = start;
  for (let from = 0; ;) {
    const lineEnd = text.indexOf("\n", from);
    const end = lineEnd < 0 ? text.length : lineEnd;
    if (to + end - from > ROOM_BYTES - 16) return undefined;
    if (end - from > LONG_LINE) bytes.copyWithin(to, ROOM_BYTES + from, ROOM_BYTES + end);
    else copyWords(words, to, ROOM_BYTES + from, end - from);
    to += end - from;
    if (lineEnd < 0) return to;
    // "\ndat", "a: " and a byte that is written over.
    words.setUint32(to, 0x0a_64_61_74);
    words.setUint32(to + 4, 0x61_3a_20_00);
    to += 7;
    from = end + 1;
  }
}

/** As {@link placeLines}, for texts as JSON writes them, with what stands between two of them. */
export function placeTexts(
  { before, texts, text, after }: TextFrames,
  start: number,
): number | undefined {
  // Not what the frames know of it: asking lays the text where it is copied from.
  if (!isPlain(text)) return undefined;
  const { bytes, words } = theRoom();
  const between = after + before;
  const { read, written: size } = utf8.encodeInto(
    between,
    bytes.subarray(BETWEEN, BETWEEN + BETWEEN_BYTES),
  );
  if (read !== between.length) return undefined;
  if (start + text.length + (texts.length - 1) * size > ROOM_BYTES - 16) return undefined;
  // The first has what stands before it; from there on each begins with what stands between.
  let to = start - size;
  let from = ROOM_BYTES;
  for (const { length } of texts) {
    if (to >= start) copyWords(words, to, BETWEEN, size);
    to += size;
    copyWords(words, to, from, length);
    from += length;
    to += length;
  }
  return to;
}

/**
 * Copies eight bytes at a time, up to seven too many. As doubles, of which compiled code makes no objects. An engine may
 * change the bits of a NaN, but no UTF-8 is one, nor what a longer text left behind it: 0x7f or 0xff would have to
 * follow 0xf0 or more.
 */
function copyWords(words: DataView, to: number, from: number, length: number): void {
  for (let offset = 0; offset < length; offset += 8) {
    words.setFloat64(to + offset, words.getFloat64(from + offset, true), true);
  }
}

/** Encodes `text` to be copied from. Answers whether it is ASCII, all of it: what stands where in it stands there in the bytes. */
function placeSource(text: string): boolean {
  const { read, written: size } = utf8.encodeInto(text, theRoom().source);
  return read === text.length && size === read;
}
