import type { EncodableMessage } from "./encode.ts";
import { beforeData, dataLines, encodeSSE, END_OF_FRAME } from "./encode.ts";
import { ofKind, refuse } from "./options.ts";
import type { TextFrames } from "./room.ts";
import {
  BEGINS_AS_ASCII,
  fromRoom,
  LONG,
  MOST_SOURCE,
  place,
  placeLines,
  placeTexts,
  utf8,
} from "./room.ts";

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

/** The frame of one event whose text, ASCII perhaps, is of many lines. */
interface LinesFrame {
  before: string;
  text: string;
  after: string;
}

type Part = string | LinesFrame | TextFrames;

function partOf(frame: string | EncodableMessage): Part {
  if (typeof frame === "string") return frame;
  ofKind("frames", "object", frame);
  // Each field is read once, and looked at after: what a getter answers here is what goes out.
  const { data, event, id, retry } = frame;
  const message = { data, event, id, retry };
  if (!isOfManyLines(data)) return encodeSSE(message);
  return { before: beforeData(message), text: data, after: END_OF_FRAME };
}

function isOfManyLines(data: unknown): data is string {
  return (
    typeof data === "string" &&
    data.length >= LONG &&
    data.length <= MOST_SOURCE &&
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
  parts: readonly (string | TextFrames)[],
  takesText: boolean,
): { data: Uint8Array<ArrayBuffer> | string; byteLength: number } {
  if (takesText) return toTextChunk(parts);
  const data = bytesOf(parts, fillRoom(parts));
  return { data, byteLength: data.length };
}

function toTextChunk(parts: readonly (string | TextFrames)[]): ReturnType<typeof toChunk> {
  const [first] = parts;
  // An event that came alone: where one comes in a while, each call takes longer than this to look.
  if (parts.length === 1 && typeof first === "string" && first.length < SHORT && ASCII.test(first))
    return { data: first, byteLength: first.length };
  const frames = parts.map(written);
  const length = lengthOf(frames);
  const end = areASCII(parts, frames) ? length : fillRoom(frames);
  if (end !== undefined && (end < SHORT || end === length)) {
    return { data: frames.join(""), byteLength: end };
  }
  const data = bytesOf(frames, end);
  return { data, byteLength: data.length };
}

/** Whether all is ASCII, where that is found out sooner than by encoding it: of a few short frames, or of tokens. */
function areASCII(parts: readonly (string | TextFrames)[], frames: readonly string[]): boolean {
  let length = 0;
  return parts.every((part, index) => {
    if (typeof part !== "string" && part.isPlain) return ASCII.test(part.before);
    const frame = frames[index] as string;
    length += frame.length;
    return length < SHORT && ASCII.test(frame);
  });
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
      const reached: number | undefined =
        "texts" in part ? placeTexts(part, end) : placeLines(part.text, end);
      pending = reached === undefined ? written(part).slice(part.before.length) : part.after;
      end = reached ?? end;
    }
    if (pending.length < LONG) continue;
    end = place(pending, end);
    if (end === undefined) return undefined;
    pending = "";
  }
  return place(pending, end);
}

/** A part as it is on the wire. */
function written(part: Part): string {
  if (typeof part === "string") return part;
  return "texts" in part ? part.frames : part.before + dataLines(part.text) + part.after;
}

/** The bytes of frames that end there in the room. */
function bytesOf(parts: readonly Part[], end: number | undefined): Uint8Array<ArrayBuffer> {
  if (end !== undefined) return fromRoom(end);
  return utf8.encode(parts.map(written).join(""));
}

function lengthOf(frames: readonly string[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}
