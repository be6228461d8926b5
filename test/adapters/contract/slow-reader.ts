import { expect, test, vi } from "vitest";
import { payloadsOf } from "../../helpers/frames.ts";
import { heldBytes } from "../../helpers/memory.ts";
import { settled } from "../../helpers/time.ts";
import { endings } from "../host.ts";
import type { Serve } from "../serving.ts";

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;
const PIECE = "x".repeat(16 * 1024);
const PIECES = GiB / PIECE.length;
/** The default bound of a session's queue. */
const QUEUE_BOUND = 4 * MiB;

/** A reader that is slower than the producer. */
export function slowReaderContract(serve: Serve): void {
  test("a slow reader slows the producer, and lets it go on when it reads again", async () => {
    let sent = 0;
    const served = await serve({
      async producer(stream) {
        while (stream.isOpen && sent < GiB) {
          await stream.chunk(PIECE);
          sent += PIECE.length;
        }
      },
      options: { maxTextLength: 1 },
    });
    const reader = await served.open();
    reader.stall();
    const standing = await settled(() => sent);
    // What sockets hold is the system's; it is far from what the producer has to tell.
    expect(standing).toBeLessThan(64 * MiB);
    reader.resume();
    await reader.atLeast(standing + MiB);
    reader.stall();
    const later = await settled(() => sent);
    expect(later).toBeGreaterThan(standing);
    expect(later - reader.bytes).toBeLessThan(64 * MiB);
    reader.leave();
  });

  test("1 GB of awaited events for a stalled reader does not fill the heap", async () => {
    let sent = 0;
    const { onEnd, first } = endings();
    const served = await serve({
      async producer(stream) {
        while (stream.isOpen && sent < PIECES) {
          await stream.chunk(PIECE);
          sent += 1;
        }
      },
      options: { onEnd },
    });
    const reader = await served.open();
    reader.stall();
    const before = heldBytes();
    await settled(() => sent);
    expect(sent).toBeLessThan(PIECES);
    expect(heldBytes() - before).toBeLessThan(3 * QUEUE_BOUND);
    reader.leave();
    expect((await first).outcome).toBe("aborted");
  });
}

/** For hosts whose response is written here: elsewhere the host holds what it has taken. */
export function stalledEndContract(serve: Serve): void {
  test("a reader that stalls at the very end does not hold its socket for ever", async () => {
    const { onEnd, first } = endings();
    const served = await serve({
      producer: () => ({ content: "x".repeat(32 * MiB) }),
      options: { onEnd, stallMs: 300 },
    });
    const reader = await served.open();
    reader.stall();
    expect(await first).toMatchObject({ outcome: "dropped", error: { code: "STALLED" } });
    await vi.waitFor(() => expect(served.connections()).toBe(0));
    reader.leave();
  });
}

/** A producer that does not ask. */
export function floodContract(serve: Serve): void {
  test.for([
    ["ASCII", PIECE],
    ["other", "語".repeat(PIECE.length)],
  ] as const)(
    "1 GB of events that nobody awaits, for a stalled reader, does not fill the heap: %s text",
    async ([, piece]) => {
      const grownBy = Promise.withResolvers<number>();
      const { onEnd, first } = endings();
      const go = Promise.withResolvers<void>();
      const served = await serve({
        async producer(stream) {
          await go.promise;
          const before = heldBytes();
          for (let n = 0; n < PIECES; n += 1) void stream.chunk(piece);
          await new Promise(setImmediate);
          grownBy.resolve(heldBytes() - before);
        },
        options: { onEnd, stallMs: 200 },
      });
      const reader = await served.open();
      reader.stall();
      go.resolve();
      expect((await first).outcome).toBe("dropped");
      expect(await grownBy.promise).toBeLessThan(3 * QUEUE_BOUND);
      reader.leave();
    },
  );

  test("a reader that fell too far behind is told so after what was kept for it", async () => {
    const { onEnd, first, all } = endings();
    const refused: boolean[] = [];
    const served = await serve({
      async producer(stream) {
        for (let n = 0; n < 2_000; n += 1) if (stream.chunk(PIECE) === false) refused.push(false);
      },
      options: { onEnd },
    });
    const reader = await served.open();
    const payloads = payloadsOf(await reader.rest());
    expect(payloads.slice(-2)).toEqual([
      { type: "error", code: "DROPPED", message: expect.any(String) },
      "[DONE]",
    ]);
    expect(await first).toMatchObject({ outcome: "dropped", error: { code: "QUEUE_OVERFLOW" } });
    expect(all).toHaveLength(1);
    expect(refused.length).toBeGreaterThan(1_000);
  });

  test("a reader that neither reads nor leaves does not hold its socket for ever", async () => {
    const { onEnd, first } = endings();
    const served = await serve({
      async producer(stream) {
        while (stream.isOpen) await stream.chunk(PIECE);
      },
      options: { onEnd, stallMs: 300, maxTextLength: 1 },
    });
    const reader = await served.open();
    reader.stall();
    expect(await first).toMatchObject({ outcome: "dropped", error: { code: "STALLED" } });
    await vi.waitFor(() => expect(served.connections()).toBe(0));
    reader.resume();
    expect(await reader.rest()).not.toContain("[DONE]");
    reader.leave();
  });
}
