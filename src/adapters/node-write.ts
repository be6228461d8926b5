import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";

export type NodeResponse = ServerResponse | Http2ServerResponse;

/**
 * Writes one chunk to `response`, at what a chunk for thousands of responses must not cost more than once.
 *
 * @param byteLength - Of a text, where it is known.
 * @param isHeld - Whether it waits for the end of the tick, or for the response's, to go off with what else there is.
 * @returns Whether there is room for more.
 */
export function write(
  response: NodeResponse,
  chunk: Uint8Array | string,
  byteLength: number | undefined,
  isHeld: boolean,
): boolean {
  const socket = corkableSocket(response);
  // What is held back already, whoever holds it lets go.
  if (socket === undefined || socket.writableCorked > 0)
    return writeChunk(response, chunk, byteLength);
  socket.cork();
  try {
    return writeChunk(response, chunk, byteLength);
  } finally {
    letGo(socket, isHeld);
  }
}

function writeChunk(
  response: NodeResponse,
  chunk: Uint8Array | string,
  byteLength: number | undefined,
): boolean {
  const hasRoom =
    typeof chunk === "string"
      ? writeText(response as ServerResponse, chunk, byteLength)
      : (response as ServerResponse).write(toBuffer(chunk));
  flush(response);
  return hasRoom;
}

/** A shorter text is counted in less time than another encoding than Node's own is looked up. */
const LONG_TEXT = 1_024;

/** ASCII is the same bytes in both; in Latin-1 they need not be counted. Middleware may add what is no ASCII. */
function writeText(response: ServerResponse, text: string, byteLength?: number): boolean {
  const isCounted = text.length >= LONG_TEXT && text.length === byteLength;
  if (!isCounted || Object.hasOwn(response, "write")) return response.write(text);
  return response.write(text, "latin1");
}

/** Which tick it is, of those in which something is written. */
let tick = 0;
let isTicking = false;
/** The sockets that hold back what was written in this tick. */
let corked: Socket[] = [];

/** The number of this tick, by which to know whether something was written in it before. */
export function thisTick(): number {
  return tick;
}

/**
 * Sends off what `socket` holds back: at once if it is the first of this tick, or at its end. Node keeps all chunks for
 * the end, and takes a tick of its own for each socket: here one does for all. Where many streams speak in one tick,
 * to write to all of them and then to send it all off takes less time than to do so in turns.
 */
function letGo(socket: Socket, isHeld: boolean): void {
  try {
    if (isHeld || isTicking) corked.push(socket);
    else socket.uncork();
  } finally {
    // Behind what is sent off: asking for it takes as long as writing a token.
    if (!isTicking) process.nextTick(endTick);
    isTicking = true;
  }
}

/** So much is little enough in one tick: a part for each of its events costs no more than waiting for all of them. */
const LITTLE = 1_024;

/** Whether one more chunk goes off well in this tick, after so much: at once, or together with it at the tick's end. */
export function takesAnother(response: NodeResponse, written: number): boolean {
  if (corkableSocket(response)?.writableCorked === undefined) return false;
  // Middleware is made to push every chunk by itself.
  return written === 0 || (written < LITTLE && !hasFlush(response));
}

/** Not every runtime that has Node's responses gives them sockets, or such. */
function corkableSocket(response: NodeResponse): Socket | undefined {
  if (isHttp2(response)) return undefined;
  const socket = response.socket as Partial<Socket> | null | undefined;
  return socket?.cork === undefined ? undefined : (socket as Socket);
}

function endTick(): void {
  tick += 1;
  isTicking = false;
  const sockets = corked;
  corked = [];
  for (const socket of sockets) {
    try {
      socket.uncork();
    } catch (error) {
      // Its own response is told, and the others are sent off.
      socket.destroy(error as Error);
    }
  }
}

/** Node's own form of the bytes that all readers of a log get. */
const buffers = new WeakMap<Uint8Array, Buffer>();

/** Node makes its own form of bytes anew at each write. */
function toBuffer(bytes: Uint8Array): Buffer {
  let buffer = buffers.get(bytes);
  if (buffer === undefined) {
    buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    buffers.set(bytes, buffer);
  }
  return buffer;
}

/** Pushes what a compressing middleware holds back. */
function flush(response: NodeResponse & { flush?: () => void }): void {
  if (hasFlush(response)) response.flush?.();
}

/**
 * Whether a middleware put a `flush` on this very response: the one that older Nodes' prototype has is something else,
 * and deprecated.
 */
function hasFlush(response: NodeResponse & { flush?: () => void }): boolean {
  // Where there is none at all, asking for it is cheaper.
  return response.flush !== undefined && Object.hasOwn(response, "flush");
}

export function isHttp2(response: NodeResponse): response is Http2ServerResponse {
  return "stream" in response;
}
