import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AnyEvent, BaseEvents, Outcome, Session } from "../../src/index.ts";
import { streamEvents } from "../../src/index.ts";
import { withCrashTraps } from "../helpers/crash-traps.ts";
import { configureFuzz } from "../helpers/fuzz.ts";
import { nextTurn } from "../helpers/streamed.ts";

configureFuzz({ runs: 1_000 });

/** What a producer may pass by accident: not one of them may throw, whenever it comes. */
const EVENTS: Record<string, () => unknown> = {
  chunk: () => ({ type: "chunk", content: "a" }),
  status: () => ({ type: "status", status: "planning" }),
  result: () => ({ type: "result", n: 1 }),
  "large result": () => ({ type: "result", text: "x".repeat(100_000) }),
  unknown: () => ({ type: "nobody knows it" }),
  error: () => ({ type: "error", message: "no" }),
  "an error without a message": () => ({ type: "error" }),
  done: () => ({ type: "done" }),
  undefined: () => undefined,
  null: () => null,
  "no type": () => ({}),
  BigInt: () => ({ type: "result", n: 1n }),
  "a wrong chunk": () => ({ type: "chunk", content: 7 }),
  "a toJSON that throws": () => ({
    type: "result",
    toJSON() {
      throw new Error("from toJSON");
    },
  }),
};
const CALLS: Record<string, (stream: Session<BaseEvents>) => unknown> = {
  "close()": (stream) => stream.close(),
  "close(result)": (stream) => stream.close({ n: 1 }),
  "close(BigInt)": (stream) => stream.close({ n: 1n }),
  "close(null)": (stream) => stream.close(null as unknown as object),
  "fail(error)": (stream) => stream.fail(new Error("on purpose")),
  "fail()": (stream) => stream.fail(undefined),
  "chunk(undefined)": (stream) => stream.chunk(undefined as unknown as string),
  "status(text)": (stream) => stream.status("x"),
  "result(null)": (stream) => stream.result(null as unknown as Record<string, unknown>),
  "error(undefined)": (stream) => stream.error(undefined as unknown as { message: string }),
};
for (const [name, make] of Object.entries(EVENTS)) {
  CALLS[`send(${name})`] = (stream) => stream.send(make() as AnyEvent as { type: "done" });
}

const READS = ["read", "read", "read", "cancel", "abort the request", "stop"] as const;
const ENDS = ["return", "throw", "never"] as const;
type When = "now" | "microtask" | "timer";

interface Plan {
  steps: Array<{ call: string; when: When }>;
  end: (typeof ENDS)[number];
  highWaterMark: number;
  maxItems: number;
}

const plans = (): fc.Arbitrary<Plan> =>
  fc.record({
    steps: fc.array(
      fc.record({
        call: fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom("send(chunk)", "send(result)", "read") },
          { weight: 2, arbitrary: fc.constantFrom(...Object.keys(CALLS)) },
          { weight: 2, arbitrary: fc.constantFrom(...READS) },
        ),
        when: fc.constantFrom<When>("now", "microtask", "timer"),
      }),
      { maxLength: 25, size: "max" },
    ),
    end: fc.constantFrom(...ENDS),
    highWaterMark: fc.integer({ min: 1, max: 3 }),
    maxItems: fc.integer({ min: 3, max: 6 }),
  });

interface Observed {
  text: string;
  ends: Outcome[];
  /** What a call threw. */
  thrown: unknown[];
  /** What an awaited send rejected with, or that it never settled. */
  rejected: unknown[];
  waiting: number;
}

/** Plays `plan` on one stream, reads what is left, and lets the reader go at last. */
async function play({ steps, end, highWaterMark, maxItems }: Plan): Promise<Observed> {
  const seen: Observed = { text: "", ends: [], thrown: [], rejected: [], waiting: 0 };
  const leaving = new AbortController();
  const stop = new AbortController();
  const opened = Promise.withResolvers<Session<BaseEvents>>();
  const over = Promise.withResolvers<void>();
  const response = streamEvents(
    new Request("http://local/", { signal: leaving.signal }),
    async (stream) => {
      opened.resolve(stream);
      await over.promise;
      if (end === "throw") throw new Error("on purpose");
      return { n: 1 };
    },
    {
      signal: stop.signal,
      queue: { highWaterMark, maxItems },
      onEnd: (outcome) => seen.ends.push(outcome),
    },
  );
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const read = async () => {
    const { value } = await reader.read();
    seen.text += decoder.decode(value, { stream: true });
  };
  await read();
  const stream = await opened.promise;
  const act = (call: string) => {
    try {
      if (call === "read") void read();
      else if (call === "cancel") void reader.cancel();
      else if (call === "abort the request") leaving.abort();
      else if (call === "stop") stop.abort("enough");
      else note(CALLS[call]?.(stream), seen);
    } catch (error) {
      seen.thrown.push(error);
    }
  };
  for (const { call, when } of steps) {
    if (when === "microtask") await Promise.resolve();
    else if (when === "timer") await new Promise((resolve) => setTimeout(resolve));
    act(call);
  }
  if (end !== "never") over.resolve();
  await nextTurn();
  for (let n = 0; n < 40; n += 1) await Promise.race([read(), nextTurn()]);
  await reader.cancel();
  await nextTurn();
  return seen;
}

function note(answer: unknown, seen: Observed): void {
  if (!(answer instanceof Promise)) return;
  seen.waiting += 1;
  answer.then(
    () => (seen.waiting -= 1),
    (error: unknown) => seen.rejected.push(error),
  );
}

/** What the server may say of a stream, given what its reader saw of it. */
function outcomesAt({ steps }: Plan, terminals: number, errors: number): Outcome[] {
  if (terminals === 0) return ["aborted"];
  if (errors > 0) return ["failed", "dropped", "aborted"];
  // A request that is aborted while its terminal is on the way was aborted.
  return steps.some(({ call }) => call === "abort the request")
    ? ["completed", "aborted"]
    : ["completed"];
}

test("no order of calls, from wherever, crashes, throws, hangs, or ends a stream twice", async () => {
  const crashes = await withCrashTraps(async () => {
    await fc.assert(
      fc.asyncProperty(plans(), async (plan) => {
        const seen = await play(plan);
        expect(seen).toMatchObject({ thrown: [], rejected: [], waiting: 0 });
        expect(seen.ends).toHaveLength(1);
        const frames = seen.text.split("\n\n").slice(0, -1);
        const terminals = frames.filter((frame) => frame === "data: [DONE]").length;
        expect(terminals).toBeLessThanOrEqual(1);
        expect(frames.indexOf("data: [DONE]")).toBe(terminals === 1 ? frames.length - 1 : -1);
        const errors = frames.filter((frame) => frame.startsWith('data: {"type":"error"'));
        expect(errors.length).toBeLessThanOrEqual(1);
        expect(outcomesAt(plan, terminals, errors.length)).toContain(seen.ends[0]);
      }),
    );
  });
  expect(crashes).toEqual([]);
});

test("the trap itself: a rejection that nobody handles is seen", async () => {
  const crashes = await withCrashTraps(async () => {
    void Promise.reject(new Error("nobody's"));
    await nextTurn();
  });
  expect(crashes).toHaveLength(1);
});
