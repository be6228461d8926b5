import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";

export type NodeResponse = ServerResponse | Http2ServerResponse;

/**
 * Writes one chunk to `response`, at what a chunk for thousands of responses must not cost more than once.
 *
 * @param byteLength - Of a text, where it is known.
 * @returns Whether there is room for more.
 */
export function write(
  response: NodeResponse,
  chunk: Uint8Array | string,
  byteLength?: number,
): boolean {
  cork(response);
  const hasRoom =
    typeof chunk === "string"
      ? (response as ServerResponse).write(chunk, encodingOf(response, chunk, byteLength))
      : (response as ServerResponse).write(toBuffer(chunk));
  flush(response);
  return hasRoom;
}

/** ASCII is the same bytes in both; in Latin-1 they need not be counted. Middleware may add what is no ASCII. */
function encodingOf(
  response: NodeResponse,
  text: string,
  byteLength: number | undefined,
): BufferEncoding {
  return text.length === byteLength && !Object.hasOwn(response, "write") ? "latin1" : "utf8";
}

/** The sockets that were written to in this tick. */
let corked: Socket[] = [];

/**
 * Keeps the parts of this tick's chunks together until the next, as Node does with every chunk of a response. It takes
 * a tick of its own for each socket, unless that is held back already: here one does for all.
 */
function cork(response: NodeResponse): void {
  const socket = corkableSocket(response);
  if (socket === undefined || socket.writableCorked > 0) return;
  if (corked.length === 0) process.nextTick(uncork);
  socket.cork();
  corked.push(socket);
}

/** Whether nothing was written in this tick yet, and what is written now is held back until its end. */
export function isFirstInTick(response: NodeResponse): boolean {
  return corkableSocket(response)?.writableCorked === 0;
}

/** Not every runtime that has Node's responses gives them sockets, or such. */
function corkableSocket(response: NodeResponse): Socket | undefined {
  if (isHttp2(response)) return undefined;
  const socket = response.socket as Partial<Socket> | null | undefined;
  return socket?.cork === undefined ? undefined : (socket as Socket);
}

function uncork(): void {
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

/**
 * Pushes what a compressing middleware holds back. Only a `flush` that a middleware put on this very response:
 * the one that older Nodes' prototype has is something else, and deprecated.
 */
function flush(response: NodeResponse & { flush?: () => void }): void {
  // Where there is none at all, asking for it is cheaper.
  if (response.flush !== undefined && Object.hasOwn(response, "flush")) response.flush();
}

export function isHttp2(response: NodeResponse): response is Http2ServerResponse {
  return "stream" in response;
}
