const utf8 = new TextEncoder();
/** Room for a batch of a stream and its last frame, at three bytes for each UTF-16 unit. */
const ROOM_BYTES = 384 * 1024;
/** Shorter texts are joined first: each crossing into the encoder costs as much as a few hundred characters. */
const LONG = 1_024;
/** Encoded into and copied from: an array that is made for each batch would first be filled with zeroes. */
let room: Uint8Array<ArrayBuffer> | undefined;

/** How many bytes a short text takes in UTF-8. */
export function byteLength(text: string): number {
  room ??= new Uint8Array(ROOM_BYTES);
  return utf8.encodeInto(text, room).written;
}

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
  room ??= new Uint8Array(ROOM_BYTES);
  let end = 0;
  let pending = "";
  for (let index = 0; index < frames.length; index += 1) {
    pending += frames[index];
    if (pending.length < LONG && index < frames.length - 1) continue;
    if (end + pending.length * 3 > ROOM_BYTES) return utf8.encode(frames.join(""));
    end += utf8.encodeInto(pending, end === 0 ? room : room.subarray(end)).written;
    pending = "";
  }
  return room.slice(0, end);
}
