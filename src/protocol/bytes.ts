const utf8 = new TextEncoder();
/** Room for a batch of a stream and its last frame, at three bytes for each UTF-16 unit. */
const ROOM_BYTES = 384 * 1024;
/** Shorter texts are joined first: each crossing into the encoder costs as much as a few hundred characters. */
const LONG = 1_024;
/** Shorter chunks may be text whatever is in them: making a buffer costs more than it saves. */
const SHORT = 2_048;
/** Encoded into and copied from: an array that is made for each batch would first be filled with zeroes. */
let room: Room | undefined;
type Room = Uint8Array<ArrayBuffer>;

/**
 * Encodes frames as the bytes of one chunk: UTF-8, one after another.
 *
 * For transports of your own. Long frames are encoded one by one, since joining them costs more than it saves.
 *
 * @param frames - As `encodeSSE` and `encodeComment` make them.
 * @returns A buffer of exactly that size, which is yours.
 * @example
 * response.write(encodeFrames([encodeSSE({ data: 'a' }), encodeSSE({ data: 'b' })]))
 */
export function encodeFrames(frames: readonly string[]): Uint8Array<ArrayBuffer> {
  return bytesOf(frames, fillRoom(frames));
}

/** What a transport is handed. */
export interface Chunk {
  data: Uint8Array<ArrayBuffer> | string;
  byteLength: number;
}

/**
 * Encodes frames as one chunk: bytes, or for a transport that takes text a text if that is short, or ASCII. A buffer
 * that is made for each chunk costs its making, and once more when the engine has to clean up.
 */
export function toChunk(frames: readonly string[], takesText: boolean): Chunk {
  const end = fillRoom(frames);
  if (takesText && end !== undefined && (end < SHORT || end === lengthOf(frames))) {
    return { data: frames.join(""), byteLength: end };
  }
  const data = bytesOf(frames, end);
  return { data, byteLength: data.length };
}

/** Encodes frames into the room. Answers where they end, or `undefined` if they find no place. */
function fillRoom(frames: readonly string[]): number | undefined {
  room ??= new Uint8Array(ROOM_BYTES);
  let end = 0;
  let pending = "";
  for (let index = 0; index < frames.length; index += 1) {
    pending += frames[index];
    if (pending.length < LONG && index < frames.length - 1) continue;
    if (end + pending.length * 3 > ROOM_BYTES) return undefined;
    end += utf8.encodeInto(pending, end === 0 ? room : room.subarray(end)).written;
    pending = "";
  }
  return end;
}

/** The bytes of frames that end there in the room. */
function bytesOf(frames: readonly string[], end: number | undefined): Uint8Array<ArrayBuffer> {
  return end === undefined ? utf8.encode(frames.join("")) : (room as Room).slice(0, end);
}

function lengthOf(frames: readonly string[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}
