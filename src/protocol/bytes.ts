import type { EncodableMessage } from "./encode.ts";
import { ofKind, refuse } from "./options.ts";
import { beforeData, dataLines, encodeSSE, END_OF_FRAME } from "./encode.ts";

const utf8 = new TextEncoder();
/** Room for a batch of a stream and its last frame, at three bytes for each UTF-16 unit. */
const ROOM_BYTES = 384 * 1024;
/** Room for a text that its lines are copied from. */
const SOURCE_BYTES = 128 * 1024;
/** Shorter texts are joined first: each crossing into the encoder costs as much as a few hundred characters. */
const LONG = 1_024;
/** Longer lines are copied by the engine, which then is faster than a loop over words. */
const LONG_LINE = 128;
/** A text that does not begin so is none of ASCII: that need not be found out by encoding it. */
const BEGINS_AS_ASCII = /^[\0-\x7f]{64}/;
/** Shorter chunks may be text whatever is in them: making a buffer costs more than it saves. */
const SHORT = 2_048;
const ASCII = /^[\0-\x7f]*$/;

/**
 * Encodes frames as the bytes of one chunk: UTF-8, one after another.
 *
 * For transports of your own. A message among them is encoded as {@link encodeSSE} does, only sooner where it is
 * ASCII text of many short lines.
 *
 * @param frames - As `encodeSSE` and `encodeComment` make them, or messages.
 * @returns A buffer of exactly that size, which is yours.
 * @throws {EncodeError} as `encodeSSE`, for a message.
 * @throws {TypeError} when `frames` is no array of such.
 * @example
 * response.write(encodeFrames([encodeComment('opened'), { data: 'a' }, { data: 'b\nc' }]))
 */
export function encodeFrames(
  frames: readonly (string | EncodableMessage)[],
): Uint8Array<ArrayBuffer> {
  if (!Array.isArray(frames)) refuse("frames", "an array", frames);
  // All of it before the first is in the room: a message may run code of the application's, which may come back here.
  const parts = frames.map(partOf);
  return bytesOf(parts, fillRoom(parts));
}

/** A frame, or what is to become one: ASCII, perhaps, of many lines. */
type Part = string | { before: string; text: string };

function partOf(frame: string | EncodableMessage): Part {
  if (typeof frame === "string") return frame;
  ofKind("frames", "object", frame);
  // Each field is read once, and looked at after: what a getter answers here is what goes out.
  const { data, event, id, retry } = frame;
  const message = { data, event, id, retry };
  return isOfManyLines(data) ? { before: beforeData(message), text: data } : encodeSSE(message);
}

function isOfManyLines(data: unknown): data is string {
  return (
    typeof data === "string" &&
    data.length >= LONG &&
    data.length <= SOURCE_BYTES &&
    BEGINS_AS_ASCII.test(data) &&
    data.includes("\n") &&
    !data.includes("\r")
  );
}

/**
 * Encodes frames as one chunk: bytes, or for a transport that takes text a text if that is short, or ASCII. A buffer
 * that is made for each chunk costs its making, and once more when the engine has to clean up.
 */
export function toChunk(
  frames: readonly string[],
  takesText: boolean,
): { data: Uint8Array<ArrayBuffer> | string; byteLength: number } {
  const [first = ""] = frames;
  // An event that came alone: the encoder takes longer to be called than this to look.
  if (takesText && frames.length === 1 && first.length < SHORT && ASCII.test(first)) {
    return { data: first, byteLength: first.length };
  }
  const end = fillRoom(frames);
  if (takesText && end !== undefined && (end < SHORT || end === lengthOf(frames))) {
    return { data: frames.join(""), byteLength: end };
  }
  const data = bytesOf(frames, end);
  return { data, byteLength: data.length };
}

/** Encoded into and copied from: an array that is made for each batch would first be filled with zeroes. */
let room: { bytes: Uint8Array<ArrayBuffer>; words: DataView; source: Uint8Array } | undefined;

function theRoom(): NonNullable<typeof room> {
  if (room === undefined) {
    // The last byte of a text may be the first of a word.
    const bytes = new Uint8Array(ROOM_BYTES + SOURCE_BYTES + 3);
    const source = bytes.subarray(ROOM_BYTES, ROOM_BYTES + SOURCE_BYTES);
    room = { bytes, words: new DataView(bytes.buffer), source };
  }
  return room;
}

/** Encodes frames into the room. Answers where they end, or `undefined` if they find no place. */
function fillRoom(parts: readonly Part[]): number | undefined {
  let end: number | undefined = 0;
  let pending = "";
  for (const part of parts) {
    if (typeof part === "string") pending += part;
    else {
      end = place(pending + part.before, end);
      if (end === undefined) return undefined;
      const after = placeLines(part.text, end);
      pending = after === undefined ? dataLines(part.text) + END_OF_FRAME : END_OF_FRAME;
      end = after ?? end;
    }
    if (pending.length < LONG) continue;
    end = place(pending, end);
    if (end === undefined) return undefined;
    pending = "";
  }
  return place(pending, end);
}

/** Encodes `text` into the room from `start` on. Answers as {@link fillRoom}. */
function place(text: string, start: number): number | undefined {
  const { bytes } = theRoom();
  if (start + text.length * 3 > ROOM_BYTES) return undefined;
  return start + utf8.encodeInto(text, start === 0 ? bytes : bytes.subarray(start)).written;
}

/**
 * As {@link place}, for text without CR as the lines of an event's data; `undefined` also when it is no ASCII. It
 * copies words of four bytes, and what comes next lies over the last of them: many short strings take longer.
 */
function placeLines(text: string, start: number): number | undefined {
  const { bytes, words, source } = theRoom();
  const { read, written } = utf8.encodeInto(text, source);
  // As many bytes as characters, and all of them: what stands where in the text stands there in the bytes.
  if (read !== text.length || written !== read) return undefined;
  let to = start;
  for (let from = 0; ;) {
    const lineEnd = text.indexOf("\n", from);
    const end = lineEnd < 0 ? text.length : lineEnd;
    if (to + end - from > ROOM_BYTES - 16) return undefined;
    if (end - from > LONG_LINE) bytes.copyWithin(to, ROOM_BYTES + from, ROOM_BYTES + end);
    else {
      for (let index = from, at = to; index < end; index += 4, at += 4) {
        words.setUint32(at, words.getUint32(ROOM_BYTES + index));
      }
    }
    to += end - from;
    if (lineEnd < 0) return to;
    // "\ndat", "a: " and a byte that is written over.
    words.setUint32(to, 0x0a_64_61_74);
    words.setUint32(to + 4, 0x61_3a_20_00);
    to += 7;
    from = end + 1;
  }
}

/** The bytes of frames that end there in the room. */
function bytesOf(parts: readonly Part[], end: number | undefined): Uint8Array<ArrayBuffer> {
  if (end !== undefined) return theRoom().bytes.slice(0, end);
  const frames = parts.map((part) =>
    typeof part === "string" ? part : part.before + dataLines(part.text) + END_OF_FRAME,
  );
  return utf8.encode(frames.join(""));
}

function lengthOf(frames: readonly string[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}
