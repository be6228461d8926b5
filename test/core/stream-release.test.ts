import { describe, expect, test } from "vitest";
import type { BaseEvents, Producer, Session, StreamEvent } from "../../src/index.ts";
import { AsyncEventQueue, streamEvents, toByteStream } from "../../src/index.ts";
import { nextTurn, tell, textOf } from "../helpers/streamed.ts";

const CHUNK: StreamEvent = { type: "chunk", content: "a" };

/** A source that waits for its next event, and counts how often it is released. */
function iterable(events: StreamEvent[] = []): {
  source: AsyncIterable<StreamEvent>;
  returned: () => number;
  asked: () => number;
} {
  let returned = 0;
  let asked = 0;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: (): Promise<IteratorResult<StreamEvent>> => {
        const value = events[asked];
        asked += 1;
        return value ? Promise.resolve({ value, done: false }) : new Promise(() => {});
      },
      return: () => {
        returned += 1;
        return Promise.resolve({ value: undefined, done: true as const });
      },
    }),
  };
  return { source, returned: () => returned, asked: () => asked };
}

/** The same as a ReadableStream. */
function readable(events: StreamEvent[] = []): {
  source: ReadableStream<StreamEvent>;
  returned: () => number;
} {
  let cancelled = 0;
  const source = new ReadableStream<StreamEvent>({
    start: (controller) => events.forEach((one) => controller.enqueue(one)),
    cancel: () => void (cancelled += 1),
  });
  return { source, returned: () => cancelled };
}

const sources = [
  ["an iterable", iterable],
  ["a ReadableStream", readable],
] as const;

describe.each(sources)("%s is released exactly once", (_, make) => {
  const readTwice = async (body: ReadableStream<Uint8Array>) => {
    const reader = body.getReader();
    await reader.read();
    await reader.read();
    await nextTurn();
    return reader;
  };

  test("when the reader leaves, also while the source waits", async () => {
    const { source, returned } = make([CHUNK]);
    const reader = await readTwice(toByteStream(source));
    expect(returned()).toBe(0);
    await reader.cancel();
    await reader.cancel();
    await nextTurn();
    expect(returned()).toBe(1);
  });

  test("when a function answered it", async () => {
    const { source, returned } = make([CHUNK]);
    const reader = await readTwice(toByteStream(async () => source));
    await reader.cancel();
    await nextTurn();
    expect(returned()).toBe(1);
  });

  test("when a function answers it after the reader left", async () => {
    const { source, returned } = make([CHUNK]);
    const late = Promise.withResolvers<typeof source>();
    const body = toByteStream(() => late.promise as Promise<AsyncIterable<StreamEvent>>);
    const reader = body.getReader();
    await reader.read();
    await reader.cancel();
    late.resolve(source);
    await nextTurn();
    expect(returned()).toBe(1);
  });

  test("when the source tells an error, or its own end", async () => {
    const last: StreamEvent[] = [{ type: "error", message: "no" }, { type: "done" }];
    for (const one of last) {
      const { source, returned } = make([CHUNK, one]);
      await textOf(toByteStream(source));
      await nextTurn();
      expect(returned()).toBe(1);
    }
  });

  test("when nobody ever read the body, or the request was over before it began", async () => {
    const unread = make();
    await toByteStream(unread.source).cancel();
    const aborted = make();
    await toByteStream(aborted.source, { signal: AbortSignal.abort() }).cancel();
    const head = make();
    streamEvents(new Request("http://local/", { method: "HEAD" }), head.source);
    const refused = make();
    const setup = () => Promise.reject(new Response(null, { status: 401 }));
    await streamEvents(new Request("http://local/"), refused.source, { setup });
    await nextTurn();
    expect([unread, aborted, head, refused].map(({ returned }) => returned())).toEqual([
      1, 1, 1, 1,
    ]);
  });
});

test("a source that came to its own end is not released again", async () => {
  let returned = 0;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: true as const, value: undefined }),
      return: () => {
        returned += 1;
        return Promise.resolve({ done: true as const, value: undefined });
      },
    }),
  };
  await textOf(toByteStream(source as AsyncIterable<StreamEvent>));
  await nextTurn();
  expect(returned).toBe(0);
});

test("a generator's finally runs when the reader leaves", async () => {
  let released = 0;
  async function* generated(): AsyncGenerator<StreamEvent> {
    try {
      for (;;) {
        yield CHUNK;
        await nextTurn();
      }
    } finally {
      released += 1;
    }
  }
  const reader = toByteStream(generated()).getReader();
  await reader.read();
  await reader.read();
  await reader.cancel();
  await nextTurn();
  await nextTurn();
  expect(released).toBe(1);
});

test("a source that fails at being released changes nothing", async () => {
  const failing = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => {}),
      return: () => Promise.reject(new Error("cannot stop")),
    }),
  };
  const { body, ends } = tell(failing as AsyncIterable<StreamEvent>);
  const reader = body.getReader();
  await reader.read();
  await reader.cancel();
  await nextTurn();
  expect(ends).toMatchObject([{ outcome: "aborted" }]);
});

test.each<[string, () => Producer<BaseEvents>]>([
  [
    "a ReadableStream that is read elsewhere",
    () => {
      const { source } = readable();
      source.getReader();
      return source;
    },
  ],
  [
    "a queue that has its reader",
    () => {
      const queue = new AsyncEventQueue<StreamEvent>();
      queue.getReader();
      return queue;
    },
  ],
])("%s: the end is told once all the same, read or not", async (_, make) => {
  const unread = tell(make());
  await unread.body.cancel();
  const read = tell(make());
  await textOf(read.body);
  await nextTurn();
  expect(unread.ends).toMatchObject([{ outcome: "aborted" }]);
  expect(read.ends).toMatchObject([{ outcome: "failed" }]);
});

describe("work for nobody stops", () => {
  test("the signal aborts with the reason when the reader leaves", async () => {
    let session: Session<BaseEvents> | undefined;
    const reader = toByteStream((stream) => {
      session = stream;
      return new Promise<void>(() => {});
    }).getReader();
    await reader.read();
    expect(session?.signal.aborted).toBe(false);
    const reason = new Error("gone");
    await reader.cancel(reason);
    expect(session?.signal).toMatchObject({ aborted: true, reason });
    expect(session).toMatchObject({ isOpen: false, desiredSize: 0 });
  });

  test("a producer is not started for a reader that never came", async () => {
    let started = 0;
    const count = () => void (started += 1);
    await toByteStream(count).cancel();
    await textOf(toByteStream(count, { signal: AbortSignal.abort() }));
    expect(started).toBe(0);
  });

  test("a good end does not abort the signal", async () => {
    let signal: AbortSignal | undefined;
    await textOf(toByteStream((stream) => void ({ signal } = stream)));
    expect(signal?.aborted).toBe(false);
  });

  test("every awaited send ends when the reader leaves", async () => {
    const answers: boolean[] = [];
    const reader = toByteStream(
      async (stream) => {
        for (let n = 0; n < 10; n += 1) answers.push(await stream.result({ n }));
      },
      { queue: { highWaterMark: 4 } },
    ).getReader();
    await reader.read();
    await nextTurn();
    expect(answers).toEqual([true, true, true]);
    await reader.cancel();
    await nextTurn();
    expect(answers).toEqual([true, true, true, ...Array.from({ length: 7 }, () => false)]);
  });
});
