import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BaseEvents, Outcome, Session, StreamOptions } from "../../src/index.ts";
import { QueueOverflowError, StreamCutError, streamEvents } from "../../src/index.ts";
import { nextTurn, payloads, type Ends, tell, textOf, type Told } from "../helpers/streamed.ts";

const forever = () => new Promise<never>(() => {});

/** Tells two pieces of text and then works for ever. */
const slow = async (stream: Session<BaseEvents>) => {
  await stream.chunk("two ");
  await stream.chunk("pieces");
  await forever();
};

/** Reads until the text so far is there. */
async function readBoth({ body }: Told): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const reader = body.getReader();
  await reader.read();
  await reader.read();
  return reader;
}

/** What every end must be: told once, with the text so far, and for good. */
async function toldOnce({ ends, ended }: Told): Promise<Ends[number]> {
  const end = await ended;
  await nextTurn();
  expect(ends).toHaveLength(1);
  return end;
}

describe("onEnd is told exactly once, with what was said so far", () => {
  const partial = { text: "two pieces", textIsWhole: true, counts: { accepted: 2, delivered: 2 } };

  test("completed", async () => {
    const told = tell(async (stream) => {
      await stream.chunk("two ");
      await stream.chunk("pieces");
      return { content: "two pieces" };
    });
    const text = await textOf(told.body);
    const { outcome, end } = await toldOnce(told);
    expect(outcome).toBe("completed");
    expect(end).toEqual({
      text: "two pieces",
      textIsWhole: true,
      counts: { accepted: 3, refused: 0, delivered: 3, bytes: Buffer.byteLength(text) },
    });
  });

  test("failed", async () => {
    const error = new Error("the model is gone");
    const told = tell(async (stream) => {
      await stream.chunk("two ");
      await stream.chunk("pieces");
      throw error;
    });
    await textOf(told.body);
    const { outcome, end } = await toldOnce(told);
    expect(outcome).toBe("failed");
    expect(end).toMatchObject({ ...partial, counts: { accepted: 3 }, error });
  });

  test("the reader cancels the body: aborted, with its reason", async () => {
    const told = tell(slow);
    const reader = await readBoth(told);
    await reader.cancel("navigated away");
    expect(await toldOnce(told)).toMatchObject({
      outcome: "aborted",
      end: { ...partial, error: "navigated away" },
    });
  });

  test("the reader cancels without a word", async () => {
    const told = tell(slow);
    await (await readBoth(told)).cancel();
    const { end } = await toldOnce(told);
    expect(end.error).toBeInstanceOf(StreamCutError);
    expect(end.error).toMatchObject({ code: "READER_LEFT" });
  });

  test("the request is aborted: aborted, its reason untouched", async () => {
    const leaving = new AbortController();
    const request = new Request("http://local/", { signal: leaving.signal });
    const ends: Array<[Outcome, unknown]> = [];
    const response = streamEvents(request, slow, {
      onEnd: (outcome, { error }) => ends.push([outcome, error]),
    });
    const reading = response.text();
    await nextTurn();
    const reason = new Error("gone");
    leaving.abort(reason);
    expect(payloads(await reading)).not.toContain("[DONE]");
    await nextTurn();
    expect(ends).toEqual([["aborted", reason]]);
  });

  test("somebody stops it through `signal`: both ends hear aborted", async () => {
    const stop = new AbortController();
    const told = tell(slow, { signal: stop.signal });
    const reading = textOf(told.body);
    await nextTurn();
    stop.abort("enough");
    expect(payloads(await reading).slice(-2)).toMatchObject([
      { type: "error", code: "ABORTED" },
      "[DONE]",
    ]);
    const { outcome, end } = await toldOnce(told);
    expect(outcome).toBe("aborted");
    expect(end).toMatchObject({ text: "two pieces", error: "enough" });
  });

  test("the reader is too far behind: dropped, and it is told so", async () => {
    const told = tell(
      (stream) => {
        stream.chunk("two ");
        stream.chunk("pieces");
        for (let n = 0; n < 20; n += 1) stream.result({ n });
      },
      { queue: { highWaterMark: 4, maxItems: 8 } },
    );
    const wire = payloads(await textOf(told.body));
    expect(wire.slice(-2)).toMatchObject([{ type: "error", code: "DROPPED" }, "[DONE]"]);
    expect(wire).toHaveLength(8 + 2);
    const { outcome, end } = await toldOnce(told);
    expect(outcome).toBe("dropped");
    expect(end).toMatchObject({ text: "two pieces", counts: { accepted: 9, refused: 14 } });
    expect(end.error).toBeInstanceOf(QueueOverflowError);
  });

  test("more text than is kept: what fits, and it says so", async () => {
    const told = tell(slow, { maxTextLength: 6 });
    await (await readBoth(told)).cancel();
    const { end } = await toldOnce(told);
    expect(end).toMatchObject({ text: "two pi", textIsWhole: false });
  });

  test.each<[string, StreamOptions["onEnd"]]>([
    [
      "throws",
      () => {
        throw new Error("in the hook");
      },
    ],
    ["rejects", () => Promise.reject(new Error("in the hook"))],
  ])("a hook that %s disturbs nothing", async (_, onEnd) => {
    const response = streamEvents(new Request("http://local/"), () => ({ n: 1 }), { onEnd });
    expect(payloads(await response.text())).toEqual([{ type: "result", n: 1 }, "[DONE]"]);
    await nextTurn();
  });
});

describe("limits", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a reader that takes nothing is dropped after stallMs, and work for it stops", async () => {
    let signal: AbortSignal | undefined;
    const told = tell(
      async (stream) => {
        ({ signal } = stream);
        for (;;) if (!(await stream.chunk("x".repeat(1_000)))) return;
      },
      { stallMs: 5_000 },
    );
    const reader = await readBoth(told);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(told.ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(400);
    expect(told.ends).toMatchObject([{ outcome: "dropped", end: { error: { code: "STALLED" } } }]);
    expect(signal?.reason).toMatchObject({ code: "STALLED" });
    // A break, not a clean end.
    await expect(reader.read()).rejects.toMatchObject({ code: "STALLED" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a body that nobody ever reads is let go as well", async () => {
    const told = tell(slow, { stallMs: 5_000 });
    await vi.advanceTimersByTimeAsync(5_500);
    expect(told.ends).toMatchObject([{ outcome: "dropped" }]);
  });

  test("a reader that waits through a long silence is no stalled one", async () => {
    const told = tell(slow, { stallMs: 5_000, heartbeatMs: 60_000 });
    const reader = await readBoth(told);
    void reader.read();
    await vi.advanceTimersByTimeAsync(50_000);
    expect(told.ends).toEqual([]);
    await reader.cancel();
  });

  test("stallMs: 0 waits for ever", async () => {
    const told = tell(slow, { stallMs: 0 });
    const reader = await readBoth(told);
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(told.ends).toEqual([]);
    await reader.cancel();
  });

  test("a life too long is failed, the reader is told which limit it was, nothing else", async () => {
    const told = tell(slow, { lifetimeMs: 30_000, exposeError: () => ({ message: "mine" }) });
    const reading = textOf(told.body);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(told.ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(payloads(await reading).slice(-2)).toMatchObject([
      { type: "error", code: "LIFETIME_EXCEEDED" },
      "[DONE]",
    ]);
    expect(told.ends).toMatchObject([
      { outcome: "failed", end: { text: "two pieces", error: { code: "LIFETIME_EXCEEDED" } } },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a life too long ends for a reader that takes nothing too", async () => {
    const told = tell(slow, { lifetimeMs: 30_000, stallMs: 0 });
    await readBoth(told);
    await vi.advanceTimersByTimeAsync(45_000);
    expect(told.ends).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
