import type { BaseEvents, EventSet, Outcome, Producer, StreamEnd } from "../../src/index.ts";
import { toByteStream, type StreamOptions } from "../../src/index.ts";

/** Every call of `onEnd`. There should be one. */
export type Ends = Array<{ outcome: Outcome; end: StreamEnd }>;

export interface Told {
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
  ends: Ends;
  /** Resolves with the first end. */
  ended: Promise<{ outcome: Outcome; end: StreamEnd }>;
}

/** Opens a stream and notes what `onEnd` is told. */
export function tell<Set extends EventSet = BaseEvents>(
  producer: Producer<Set>,
  options: StreamOptions<Set> = {},
): Told {
  const ends: Ends = [];
  const { promise, resolve } = Promise.withResolvers<Ends[number]>();
  const onEnd = (outcome: Outcome, end: StreamEnd) => {
    ends.push({ outcome, end });
    resolve({ outcome, end });
  };
  return { body: toByteStream(producer, { ...options, onEnd }), ends, ended: promise };
}

export async function textOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return new Response(body).text();
}

/** The text of each chunk, as the transport gets them. */
export async function chunksOf(body: ReadableStream<Uint8Array>): Promise<string[]> {
  const reader = body.getReader();
  const chunks: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(new TextDecoder().decode(value));
  }
}

/** What runs before the event loop goes on has run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** What the events of a whole body carry: parsed, or `[DONE]` as it is. Comments are left out. */
export function payloads(text: string): unknown[] {
  return text
    .split("\n\n")
    .filter((frame) => frame.startsWith("data: "))
    .map((frame) => frame.slice("data: ".length))
    .map((data) => (data === "[DONE]" ? data : JSON.parse(data)));
}
