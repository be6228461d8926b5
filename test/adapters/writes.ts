// What a stream writes to its response, and its response to the socket.
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import express from "express";
import { onTestFinished, vi } from "vitest";
import { streamEvents as streamOnExpress } from "../../src/adapters/express.ts";
import { streamEvents as streamOnNode } from "../../src/adapters/node.ts";
import type { BaseEvents, Producer, ServeOptions } from "../../src/index.ts";
import { openHttp, type Reader } from "../helpers/reader.ts";
import { served } from "./host.ts";

export type Tells = Producer<BaseEvents>;
export type Handler = (producer: Tells, options?: ServeOptions<BaseEvents>) => RequestListener;

/** The hosts that write to a response of Node's. */
export const handlers: [string, Handler][] = [
  [
    "node:http",
    (producer, options) => (request, response) => {
      void streamOnNode(request, response, producer, options);
    },
  ],
  [
    "Express",
    (producer, options) =>
      express().use((request, response, next) => {
        void streamOnExpress(request, response, next, producer, options);
      }),
  ],
];

/** Serves one route, and opens it once. `onResponse` sees the response before the stream does. */
export async function openResponse(
  listener: RequestListener,
  onResponse: (response: ServerResponse) => void,
): Promise<Reader> {
  const server = createServer((request, response) => {
    onResponse(response);
    listener(request, response);
  });
  const serving = await served(server, openHttp);
  onTestFinished(serving.close);
  return serving.open();
}

/** What is written to the response of a stream, in order; also as it comes, in `writes`. */
export async function writesOf(
  listener: RequestListener,
  writes: string[] = [],
): Promise<string[]> {
  const reader = await openResponse(listener, (response) => {
    const write = vi.spyOn(response, "write");
    write.mockImplementation(((...args: Parameters<ServerResponse["write"]>) => {
      const [chunk] = args as unknown as [string | Uint8Array];
      writes.push(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
      return Object.getPrototypeOf(response).write.apply(response, args) as boolean;
    }) as ServerResponse["write"]);
  });
  await reader.rest();
  return writes;
}

export interface WrittenPart {
  chunk: string | Buffer;
  encoding: string;
}

/** What a socket calls with all that was held back. */
const WRITEV = "_writev";

/** Tells of the frames in each piece that a response hands to the system, as it does. */
export function watchPieces(
  response: ServerResponse,
  onPiece: (frames: WrittenPart[]) => void,
): void {
  const { socket } = response as { socket: Socket };
  const writev = socket[WRITEV]?.bind(socket);
  vi.spyOn(socket, WRITEV).mockImplementation((parts, callback) => {
    const frames = (parts as WrittenPart[]).filter(({ chunk }) => String(chunk).includes("data: "));
    if (frames.length > 0) onPiece(frames);
    writev?.(parts, callback);
  });
}

/** How many frames are in a text. */
export function framesIn(text: string): number {
  return text.split("\n\n").length - 1;
}
