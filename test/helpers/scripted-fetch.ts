import { afterEach, beforeEach, vi } from "vitest";
import { bodyOf, eventStream } from "./responses.ts";
import { nextTurn } from "./streamed.ts";

/** One call of a scripted `fetch`. */
export interface Call {
  /** Virtual or real time, in milliseconds since 1970. */
  at: number;
  url: string;
  method: string;
  headers: Headers;
  body: unknown;
  signal: AbortSignal;
}

export type Answer = (call: Call) => Response | Promise<Response>;

export interface ScriptedFetch {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  calls: Call[];
}

/** A `fetch` that answers its calls one after another; the last answer is for all that come after, too. */
export function scripted(...answers: Answer[]): ScriptedFetch {
  const calls: Call[] = [];
  return {
    calls,
    fetch: async (url, init) => {
      const { method = "GET", body, signal } = init;
      const headers = new Headers(init.headers);
      const call = { at: Date.now(), url, method, headers, body, signal: signal as AbortSignal };
      const answer = answers[Math.min(calls.push(call), answers.length) - 1];
      return (answer as Answer)(call);
    },
  };
}

/** An event stream that brings `text`, and then ends, breaks, or stays open. */
export const brings =
  (text: string, end: "ends" | "breaks" | "stays" = "breaks", headers = {}): Answer =>
  () =>
    eventStream(bodyOf(text === "" ? [] : [text], end).body, {
      headers: { "content-type": "text/event-stream", ...headers },
    });

export const refuses =
  (status: number, headers = {}, body: string | null = null): Answer =>
  () =>
    new Response(body, { status, headers });

/** Nobody is there. */
export const away: Answer = () => Promise.reject(new TypeError("fetch failed"));

/** No answer ever comes; leaving is heard. */
export const hangs: Answer = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

export const chunk = (content: string, id?: string): string =>
  `${id === undefined ? "" : `id: ${id}\n`}data: {"type":"chunk","content":"${content}"}\n\n`;
export const DONE = "data: [DONE]\n\n";
export const ROTATE = 'data: {"type":"rotate"}\n\n';

/** A body whose bytes come when the test says so. */
export interface LiveBody {
  answer: Answer;
  send: (text: string) => Promise<void>;
  end: () => Promise<void>;
  cancelled: () => number;
}

export function liveBody(): LiveBody {
  let controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  let cancelled = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (given) => void (controller = given),
    cancel: () => void (cancelled += 1),
  });
  return {
    answer: () => eventStream(body),
    async send(text) {
      controller.enqueue(new TextEncoder().encode(text));
      await nextTurn();
    },
    async end() {
      controller.close();
      await nextTurn();
    },
    cancelled: () => cancelled,
  };
}

/** Runs the file's tests in virtual time. What is no timer of a page's goes on as ever. */
export function inVirtualTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 1_800_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Lets virtual time pass in steps, with all that follows from each before the next, until `isDone`. */
export async function pass(
  ms: number,
  stepMs = Math.max(1, ms),
  isDone: () => boolean = () => false,
): Promise<void> {
  await nextTurn();
  for (let passed = 0; passed < ms && !isDone(); passed += stepMs) {
    vi.advanceTimersByTime(stepMs);
    await nextTurn();
    await nextTurn();
  }
}
