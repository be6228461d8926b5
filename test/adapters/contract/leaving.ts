import { getEventListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { payloadsOf } from "../../helpers/frames.ts";
import type { Asked, Reader } from "../../helpers/reader.ts";
import { aborted, median, settled, tries } from "../../helpers/time.ts";
import type { Route } from "../host.ts";
import { endings } from "../host.ts";
import type { Serve } from "../serving.ts";

const PIECE = "x".repeat(16 * 1024);
const ASKED: Array<[string, Asked]> = [
  ["GET", {}],
  ["POST with a JSON body", { method: "POST", json: { message: "Hello" } }],
];

/** The reader that leaves, and the work that must stop. */
export function leavingContract(serve: Serve): void {
  test.for(ASKED)("%s: the model stops within 100 ms of the reader leaving", async ([, asked]) => {
    const took = await tries(5, async () => {
      let abortedAt = 0;
      const { onEnd, first } = endings();
      const served = await serve({
        async producer(stream) {
          stream.status("analyzing");
          await aborted(stream.signal);
          abortedAt = performance.now();
        },
        options: { onEnd },
      });
      const reader = await served.open(asked);
      await reader.until("analyzing");
      const leftAt = performance.now();
      reader.leave();
      expect((await first).outcome).toBe("aborted");
      return abortedAt - leftAt;
    });
    expect(median(took)).toBeLessThan(100);
  });

  test("a POST whose body was parsed is not taken for a reader that left", async () => {
    const { onEnd, first } = endings();
    const served = await serve({
      async producer(stream) {
        // The request closes as soon as its body was read: long before this.
        await pause(100);
        expect(stream.signal.aborted).toBe(false);
        await stream.chunk("late");
        return { content: "late" };
      },
      options: { onEnd },
    });
    const reader = await served.open({ method: "POST", json: { message: "Hello" } });
    expect(await reader.rest()).toContain('{"type":"chunk","content":"late"}');
    expect((await first).outcome).toBe("completed");
  });

  test("a stream that the app stops does not look completed to its reader", async () => {
    const shutdown = new AbortController();
    const { onEnd, first } = endings();
    const served = await serve({
      producer: async (stream) => {
        stream.status("analyzing");
        await aborted(stream.signal);
      },
      options: { onEnd, signal: shutdown.signal },
    });
    const reader = await served.open();
    await reader.until("analyzing");
    const reason = new Error("shutting down");
    shutdown.abort(reason);
    expect(payloadsOf(await reader.rest()).slice(-2)).toEqual([
      { type: "error", code: "ABORTED", message: "The stream was stopped." },
      "[DONE]",
    ]);
    expect(await first).toMatchObject({ outcome: "aborted", error: reason });
  });
}

/** The reader that leaves while its socket is full. */
export function leavingStalledContract(serve: Serve): void {
  test.for(ASKED)(
    "%s: a send that waits for a stalled reader does not wait for ever when it leaves",
    async ([, asked]) => {
      const took = await tries(3, async () => {
        const answers: boolean[] = [];
        let sent = 0;
        let settledAt = 0;
        const { onEnd, first } = endings();
        const served = await serve({
          async producer(stream) {
            while (stream.isOpen) {
              answers.push(await stream.chunk(PIECE));
              sent += 1;
            }
            settledAt = performance.now();
          },
          options: { onEnd, maxTextLength: 1 },
        });
        const reader = await served.open(asked);
        reader.stall();
        await settled(() => sent);
        const leftAt = performance.now();
        reader.leave();
        expect((await first).outcome).toBe("aborted");
        await vi.waitFor(() => expect(settledAt).toBeGreaterThan(0));
        expect(answers.at(-1)).toBe(false);
        return settledAt - leftAt;
      });
      expect(median(took)).toBeLessThan(100);
    },
  );
}

/** Many of them. */
export function crowdContract(serve: Serve): void {
  test("200 readers that vanish leave no session, no listener and no work behind", async () => {
    let working = 0;
    const shutdown = new AbortController();
    const { onEnd, all } = endings();
    const served = await serve({
      producer: crowdProducer((by) => (working += by)),
      options: { onEnd, signal: shutdown.signal, maxTextLength: 1 },
    });
    const readers: Reader[] = [];
    while (readers.length < 200) {
      const next = await Promise.all(Array.from({ length: 20 }, () => served.open()));
      for (const reader of next) reader.stall();
      readers.push(...next);
    }
    await vi.waitFor(() => expect(working).toBe(200));
    expect(getEventListeners(shutdown.signal, "abort")).toHaveLength(200);
    for (const reader of readers) reader.leave();
    await vi.waitFor(() => expect(all).toHaveLength(200), 5_000);
    await vi.waitFor(() => expect(working).toBe(0));
    await vi.waitFor(() => expect(served.connections()).toBe(0));
    expect(all.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 200 }, () => "aborted"));
    expect(getEventListeners(shutdown.signal, "abort")).toHaveLength(0);
  });
}

/** Every tenth floods its reader; the others tell a little and wait. */
function crowdProducer(count: (by: 1 | -1) => void): Route["producer"] {
  let started = 0;
  return async (stream) => {
    started += 1;
    const floods = started % 10 === 0;
    count(1);
    try {
      stream.status("analyzing");
      if (floods) while (stream.isOpen) await stream.chunk(PIECE);
      await aborted(stream.signal);
    } finally {
      count(-1);
    }
  };
}
