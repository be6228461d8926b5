import { describe, expect, test } from "vitest";
import { connect, readEvents, SSEError } from "../../src/client/index.ts";
import { withCrashTraps } from "../helpers/crash-traps.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";
import { nextTurn } from "../helpers/streamed.ts";
import { thrownBy } from "../helpers/thrown.ts";

const CHUNK = 'data: {"type":"chunk","content":"a"}\n\n';
const DONE = "data: [DONE]\n\n";

describe("the stream owns the body and lets it go, whenever it is left", () => {
  const open = (options: Parameters<typeof readEvents>[1] = {}) => {
    const { body, cancelled } = bodyOf([CHUNK], "stays");
    const stream = readEvents(eventStream(body), options);
    return { stream, cancelled };
  };

  test("aborted before it began", async () => {
    const reason = new Error("before");
    const { stream, cancelled } = open({ signal: AbortSignal.abort(reason) });
    expect(await stream.ended).toMatchObject({ outcome: "aborted", error: reason });
    await nextTurn();
    expect(cancelled()).toBe(1);
  });

  test("closed at once, or a moment later, without a loop", async () => {
    for (const wait of [() => {}, () => Promise.resolve(), nextTurn]) {
      const { stream, cancelled } = open();
      await wait();
      stream.close();
      stream.close();
      expect(await stream.ended).toMatchObject({ outcome: "aborted", error: undefined });
      await nextTurn();
      expect(cancelled()).toBe(1);
    }
  });

  test("closed while the loop waits: the loop ends without a throw", async () => {
    const { stream, cancelled } = open();
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    const waiting = [reader.next(), reader.next()];
    stream.close();
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(cancelled()).toBe(1);
  });

  test("left by break, with what was read so far", async () => {
    const { stream, cancelled } = open();
    for await (const event of stream) {
      expect(event).toMatchObject({ type: "chunk" });
      break;
    }
    expect(await stream.ended).toMatchObject({ outcome: "aborted", text: "a" });
    expect(cancelled()).toBe(1);
  });

  test("left by a throw inside the loop", async () => {
    const { stream, cancelled } = open();
    const left = async () => {
      for await (const _ of stream) throw new Error("in the view");
    };
    await expect(left()).rejects.toThrow("in the view");
    expect(await stream.ended).toMatchObject({ outcome: "aborted" });
    expect(cancelled()).toBe(1);
  });

  test("aborted while the loop waits: it throws the reason, untouched", async () => {
    const leaving = new AbortController();
    const { stream, cancelled } = open({ signal: leaving.signal });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    const waiting = reader.next();
    leaving.abort("the user pressed stop");
    await expect(waiting).rejects.toBe("the user pressed stop");
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(await stream.ended).toMatchObject({
      outcome: "aborted",
      error: "the user pressed stop",
    });
    expect(cancelled()).toBe(1);
  });

  test("aborted after it was complete: it stays complete", async () => {
    const leaving = new AbortController();
    const stream = readEvents(eventStream(CHUNK + DONE), { signal: leaving.signal });
    expect(await stream.ended).toMatchObject({ outcome: "completed" });
    leaving.abort();
    stream.close();
    expect(await stream.ended).toMatchObject({ outcome: "completed" });
  });

  test("no listener stays on the caller's signal, however it ended", async () => {
    const { signal } = new AbortController();
    const held = new Set<unknown>();
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (...listening: Parameters<typeof add>) => {
      held.add(listening[1]);
      add(...listening);
    };
    const remove = signal.removeEventListener.bind(signal);
    signal.removeEventListener = (...listening: Parameters<typeof remove>) => {
      held.delete(listening[1]);
      remove(...listening);
    };
    const bodies = [CHUNK + DONE, CHUNK, "data: {\n\n"];
    for (const body of bodies) await readEvents(eventStream(body), { signal }).ended;
    await readEvents(new Response("no", { status: 500 }), { signal }).ended;
    const left = open({ signal }).stream;
    expect(held.size).toBe(1);
    left.close();
    expect(held.size).toBe(0);
  });
});

describe("one loop", () => {
  test("a second one is refused: the two would take events from each other", async () => {
    const stream = readEvents(eventStream(CHUNK + DONE));
    const reader = stream[Symbol.asyncIterator]();
    expect(reader[Symbol.asyncIterator]()).toBe(reader);
    const error = thrownBy(() => stream[Symbol.asyncIterator]());
    expect(error).toBeInstanceOf(SSEError);
    expect(error).toMatchObject({ code: "ALREADY_READ" });
    expect((await reader.next()).value).toMatchObject({ content: "a" });
    await reader.return?.();
  });

  test("events asked for ahead come in order", async () => {
    const frames = Array.from({ length: 20 }, (_, n) => `data: {"type":"result","n":${n}}\n\n`);
    const reader = readEvents(eventStream(bodyOf([...frames, DONE]).body))[Symbol.asyncIterator]();
    const asked = await Promise.all(Array.from({ length: 21 }, () => reader.next()));
    expect(asked.map(({ value }) => (value as { n?: number } | undefined)?.n)).toEqual([
      ...Array.from({ length: 20 }, (_, n) => n),
      undefined,
    ]);
  });

  test("nothing is read ahead of the loop", async () => {
    let pulled = 0;
    const counted = (function* () {
      for (;;) {
        pulled += 1;
        yield CHUNK;
      }
    })();
    const stream = readEvents(eventStream(bodyOf(counted).body));
    const reader = stream[Symbol.asyncIterator]();
    await nextTurn();
    expect(pulled).toBeLessThanOrEqual(1);
    for (let n = 0; n < 5; n += 1) await reader.next();
    await nextTurn();
    expect(pulled).toBeLessThanOrEqual(6);
    stream.close();
  });
});

describe("ended", () => {
  test("reads by itself when there is no loop", async () => {
    expect(await readEvents(eventStream(CHUNK + DONE)).ended).toMatchObject({
      outcome: "completed",
      text: "a",
    });
  });

  test("leaves the events to the loop when one begins in the same turn", async () => {
    const stream = readEvents(eventStream(CHUNK + DONE));
    const { ended } = stream;
    const events: unknown[] = [];
    for await (const one of stream) events.push(one);
    expect(events).toHaveLength(1);
    expect(await ended).toMatchObject({ outcome: "completed" });
  });

  test("never rejects, and a stream that nobody asks about rejects nothing", async () => {
    const crashes = await withCrashTraps(async () => {
      const refuse = () => Promise.reject(new TypeError("fetch failed"));
      connect("http://local/", { fetch: refuse, retry: false });
      readEvents(new Response("no", { status: 500 }));
      readEvents(eventStream(bodyOf([CHUNK], "breaks").body));
      const { error } = await connect("http://local/", { fetch: refuse, retry: false }).ended;
      expect(error).toMatchObject({ code: "CONNECT_FAILED" });
      await nextTurn();
    });
    expect(crashes).toEqual([]);
  });
});
