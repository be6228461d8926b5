import { describe, expect, test, vi } from "vitest";
import { connect, type ConnectOptions } from "../../src/client/index.ts";
import type { BaseEvents } from "../../src/index.ts";
import { nextTurn } from "../helpers/streamed.ts";
import {
  brings,
  chunk,
  DONE,
  hangs,
  inVirtualTime,
  liveBody,
  pass,
  scripted,
} from "../helpers/scripted-fetch.ts";

inVirtualTime();

const HEARTBEAT = ": heartbeat\n\n";

/** Opens a stream on a live body; the second attempt completes it. */
async function open(options: ConnectOptions<BaseEvents> = {}, first = "") {
  const body = liveBody();
  const { fetch, calls } = scripted(body.answer, brings(chunk("z", "7-99") + DONE, "ends"));
  const stream = connect("https://api.test/", { fetch, retry: { random: () => 0 }, ...options });
  await body.send(first);
  return { body, calls, stream };
}

describe("a connection that is dead", () => {
  test("is known by three of the heartbeats that the server announced, and made again", async () => {
    const { body, calls, stream } = await open(
      {},
      `: open heartbeatMs=15000\n\n${chunk("a", "7-1")}`,
    );
    const states: unknown[] = [];
    stream.subscribe(() => states.push(stream.getSnapshot()));
    await pass(44_900, 100);
    expect(calls).toHaveLength(1);
    await pass(200, 100);
    expect(calls).toHaveLength(2);
    expect(body.cancelled()).toBe(1);
    expect(states).toContainEqual(
      expect.objectContaining({
        state: "waiting",
        error: expect.objectContaining({ code: "STALLED" }),
      }),
    );
    expect(await stream.ended).toMatchObject({ outcome: "completed", text: "az" });
  });

  test("heartbeats and half a frame are life", async () => {
    const { body, calls, stream } = await open({}, ": open heartbeatMs=15000\n\n");
    void stream.ended;
    for (const text of [HEARTBEAT, "data: {", '"ty', HEARTBEAT]) {
      await pass(40_000, 1_000);
      await body.send(text);
    }
    expect(calls).toHaveLength(1);
    stream.close();
  });

  test("is known by three of the pauses that were seen between comments", async () => {
    const { body, calls, stream } = await open({}, HEARTBEAT);
    void stream.ended;
    for (let n = 0; n < 2; n += 1) {
      await pass(5_000, 100);
      await body.send(HEARTBEAT);
    }
    await pass(14_900, 100);
    expect(calls).toHaveLength(1);
    await pass(200, 100);
    expect(calls).toHaveLength(2);
    stream.close();
  });

  test("a server that beats among its tokens is not dead when it only beats", async () => {
    const { body, calls, stream } = await open({}, ": ping\n\n");
    void stream.ended;
    for (let n = 0; n < 60; n += 1) {
      await pass(500);
      await body.send(n % 20 === 19 ? `${chunk("a")}: ping\n\n` : chunk("a"));
    }
    await pass(25_000, 500);
    expect(calls).toHaveLength(1);
    stream.close();
  });

  test("comments that only fill a buffer are no heartbeat", async () => {
    const { body, calls, stream } = await open({}, ": ok\n\n");
    void stream.ended;
    for (const text of [": padding\n\n", ": padding\n\n", ": padding\n\n"]) {
      await pass(20);
      await body.send(text);
    }
    await pass(600_000, 10_000);
    expect(calls).toHaveLength(1);
    stream.close();
  });

  test.each([
    ["nothing was said of heartbeats", {}, chunk("a")],
    ["the server says that it sends none", {}, ": open heartbeatMs=0\n\n"],
    ["silenceMs: 0", { silenceMs: 0 }, ": open heartbeatMs=1000\n\n"],
  ])("is not guessed: %s", async (_, options, first) => {
    const { calls, stream } = await open(options, first);
    void stream.ended;
    await pass(86_400_000, 3_600_000);
    expect(calls).toHaveLength(1);
    stream.close();
  });

  test("silenceMs is the limit, whatever was announced; without a way back it ends as dropped", async () => {
    const { stream } = await open(
      { silenceMs: 2_000, retry: false },
      ": open heartbeatMs=15000\n\n",
    );
    void stream.ended;
    await pass(1_900, 100);
    expect(stream.getSnapshot().state).toBe("open");
    await pass(200, 100);
    expect(await stream.ended).toMatchObject({ outcome: "dropped", error: { code: "STALLED" } });
  });

  test("a consumer that takes 60 s over an event does not make it so", async () => {
    const { body, calls, stream } = await open(
      {},
      `: open heartbeatMs=1000\n\n${chunk("a", "7-1")}`,
    );
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await pass(60_000, 1_000);
    const next = reader.next();
    await pass(2_000, 100);
    await body.send(chunk("b", "7-2"));
    expect(await next).toMatchObject({ value: { content: "b" } });
    expect(calls).toHaveLength(1);
    stream.close();
  });

  test("a page that was frozen gives it time to tell what waits", async () => {
    const { body, calls, stream } = await open({ silenceMs: 10_000 }, chunk("a", "7-1"));
    void stream.ended;
    await pass(5_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    await pass(5_000);
    expect(calls).toHaveLength(1);
    await body.send(chunk("b", "7-2"));
    await pass(9_000, 1_000);
    expect(calls).toHaveLength(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    await pass(7_000, 500);
    expect(calls).toHaveLength(2);
    stream.close();
  });
});

describe("no response comes", () => {
  test("is given up after connectMs, and tried again", async () => {
    const { fetch, calls } = scripted(hangs, brings(DONE, "ends"));
    const stream = connect("https://api.test/", { fetch, connectMs: 5_000 });
    void stream.ended;
    await pass(4_900, 100);
    expect(calls).toHaveLength(1);
    await pass(1_500, 100);
    expect(calls[0]?.signal.aborted).toBe(true);
    expect((await stream.ended).outcome).toBe("completed");
  });

  test("also of a fetch that hears no signal, or while the token is awaited", async () => {
    const never = () => new Promise<never>(() => {});
    for (const options of [{ fetch: never }, { headers: never, fetch: never }]) {
      const stream = connect("https://api.test/", { ...options, connectMs: 5_000, retry: false });
      const { ended } = stream;
      await pass(5_000);
      const end = await ended;
      expect(end).toMatchObject({ outcome: "failed", error: { code: "CONNECT_TIMEOUT" } });
    }
  });

  test("a token that comes after it was left sends no request", async () => {
    const { promise, resolve } = Promise.withResolvers<HeadersInit>();
    const { fetch, calls } = scripted(hangs);
    const stream = connect("https://api.test/", { fetch, headers: () => promise });
    await nextTurn();
    stream.close();
    resolve({});
    await nextTurn();
    expect(calls).toEqual([]);
  });
});
