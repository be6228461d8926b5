import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Session } from "../../src/index.ts";
import { type BaseEvents, startHeartbeat, toByteStream } from "../../src/index.ts";
import { thrownBy } from "../helpers/thrown.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const forever = () => new Promise<void>(() => {});

interface Heard {
  text: () => string;
  beats: () => number;
  leave: () => void;
}

/** Reads `body` as fast as it comes, and counts the heartbeats in it. */
function countBeats(body: ReadableStream<Uint8Array>): Heard {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
    }
  })();
  return {
    text: () => text,
    beats: () => text.split(": heartbeat\n\n").length - 1,
    leave: () => void reader.cancel(),
  };
}

describe("a stream beats only in silence", () => {
  test("61 seconds of silence are 4 heartbeats", async () => {
    const { beats, leave } = countBeats(toByteStream(forever));
    await vi.advanceTimersByTimeAsync(61_000);
    expect(beats()).toBe(4);
    leave();
  });

  test("an event every 5 seconds needs none", async () => {
    const talkative = async (stream: Session<BaseEvents>) => {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        await stream.chunk("still here");
        if (stream.signal.aborted) return;
      }
    };
    const { beats, leave } = countBeats(toByteStream(talkative));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(beats()).toBe(0);
    leave();
    await vi.advanceTimersByTimeAsync(5_000);
  });

  test("silence after an event is counted from the event", async () => {
    const { beats, leave } = countBeats(
      toByteStream(async (stream) => {
        await new Promise((resolve) => setTimeout(resolve, 10_000));
        stream.chunk("late");
        await forever();
      }),
    );
    await vi.advanceTimersByTimeAsync(23_000);
    expect(beats()).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(beats()).toBe(1);
    leave();
  });

  test("a reader that is behind hears none: it has bytes enough on the way", async () => {
    const body = toByteStream(forever, { stallMs: 0 });
    const reader = body.getReader();
    await reader.read();
    const chunks: string[] = [];
    await vi.advanceTimersByTimeAsync(300_000);
    void reader.read().then(({ value }) => chunks.push(new TextDecoder().decode(value)));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(chunks).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(chunks).toEqual([": heartbeat\n\n"]);
    await reader.cancel();
  });

  test("heartbeatMs: 0 sends none, and says so in the first comment", async () => {
    const { beats, text, leave } = countBeats(toByteStream(forever, { heartbeatMs: 0 }));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(text()).toBe(": open heartbeatMs=0\n\n");
    expect(beats()).toBe(0);
    leave();
  });
});

describe("one timer for all", () => {
  test("a thousand silent streams share one timer, and the last one takes it along", async () => {
    const streams = Array.from({ length: 1_000 }, () => countBeats(toByteStream(forever)));
    await vi.advanceTimersByTimeAsync(31_000);
    expect(vi.getTimerCount()).toBe(1);
    expect(streams.every(({ beats }) => beats() === 2)).toBe(true);
    for (const { leave } of streams.slice(1)) leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(1);
    streams[0]?.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a stream whose reader left before it began leaves no timer", async () => {
    const reason = new AbortController();
    reason.abort();
    await toByteStream(forever, { signal: reason.signal }).cancel();
    await toByteStream(forever).cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("10,000 streams come and go: no timer, no listener on a signal they shared", async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    for (let n = 0; n < 10_000; n += 1) {
      const reader = toByteStream(forever, { signal }).getReader();
      if (n % 3 > 0) void reader.read();
      if (n % 3 > 1) await Promise.resolve();
      await reader.cancel();
    }
    expect(vi.getTimerCount()).toBe(0);
    expect(added).toHaveBeenCalledTimes(10_000);
    expect(removed).toHaveBeenCalledTimes(10_000);
  });
});

describe("startHeartbeat by itself", () => {
  test("beats after each silence, a touch puts it off, stop ends it", async () => {
    const onBeat = vi.fn<() => void>();
    const heartbeat = startHeartbeat({ intervalMs: 1_000, onBeat });
    await vi.advanceTimersByTimeAsync(3_050);
    expect(onBeat).toHaveBeenCalledTimes(3);
    for (let n = 0; n < 10; n += 1) {
      heartbeat.touch();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(onBeat).toHaveBeenCalledTimes(3);
    heartbeat.stop();
    heartbeat.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(onBeat).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is never late: no silence is longer than the interval and one grain", async () => {
    const begun = performance.now();
    const beats: number[] = [];
    const heartbeat = startHeartbeat({
      intervalMs: 777,
      onBeat: () => beats.push(performance.now()),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    heartbeat.stop();
    const gaps = beats.map((at, index) => at - (beats[index - 1] ?? begun));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(777 + 50);
    expect(Math.min(...gaps)).toBeGreaterThan(777 * 0.9);
  });

  test("a beat that stops it, or another one, is the last", async () => {
    const log: string[] = [];
    const other = startHeartbeat({ intervalMs: 1_000, onBeat: () => log.push("other") });
    const own = startHeartbeat({
      intervalMs: 900,
      onBeat: () => {
        log.push("own");
        own.stop();
        other.stop();
      },
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log).toEqual(["own"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("very long intervals and short ones live side by side", async () => {
    const beats = { long: 0, short: 0 };
    const long = startHeartbeat({ intervalMs: 40 * 86_400_000, onBeat: () => (beats.long += 1) });
    const short = startHeartbeat({ intervalMs: 60_000, onBeat: () => (beats.short += 1) });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(beats).toEqual({ long: 0, short: 10 });
    short.stop();
    await vi.advanceTimersByTimeAsync(41 * 86_400_000);
    expect(beats.long).toBe(1);
    long.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([50, 99, -1, Number.NaN, Number.POSITIVE_INFINITY, "15" as unknown as number])(
    "an interval of %s is refused by name",
    (intervalMs) => {
      const error = thrownBy(() => startHeartbeat({ intervalMs, onBeat: () => {} }));
      expect(error).toBeInstanceOf(typeof intervalMs === "number" ? RangeError : TypeError);
      expect((error as Error).message).toMatch(/^`intervalMs` must be /);
    },
  );

  test("without anything to call it is refused at once, not found out by a timer", () => {
    expect(() => startHeartbeat({ intervalMs: 100 } as never)).toThrow(
      "`onBeat` must be a function, got undefined",
    );
    expect(() => startHeartbeat(undefined as never)).toThrow(
      "`options` must be of type object, got undefined",
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  test("0 never beats and needs no timer", async () => {
    const onBeat = vi.fn<() => void>();
    startHeartbeat({ intervalMs: 0, onBeat });
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(onBeat).not.toHaveBeenCalled();
  });
});
