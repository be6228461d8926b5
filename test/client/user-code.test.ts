import { describe, expect, test } from "vitest";
import { connect, type ConnectOptions } from "../../src/client/index.ts";
import type { BaseEvents } from "../../src/index.ts";
import { withCrashTraps } from "../helpers/crash-traps.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";
import { chunk, DONE, inVirtualTime, pass, scripted } from "../helpers/scripted-fetch.ts";

inVirtualTime();

const GAP = 'data: {"type":"gap","after":"7-1"}\n\n';
const BUG = new Error("in my own code");

/** Opens a stream that stays open, and counts what is left of it after some minutes. */
function open(text: string, options: ConnectOptions<BaseEvents> = {}) {
  const { body, cancelled } = bodyOf([text], "stays");
  const { fetch, calls } = scripted(() => eventStream(body));
  const stream = connect("https://api.test/", { fetch, ...options });
  return { stream, calls, cancelled, later: () => pass(300_000, 10_000) };
}

describe("my own bug is not the network: nobody comes back for it, and nothing stays open", () => {
  test("a consumer that throws", async () => {
    const { stream, calls, cancelled, later } = open(chunk("a", "7-1") + chunk("b", "7-2"));
    const loop = (async () => {
      for await (const _ of stream) throw BUG;
    })();
    await expect(loop).rejects.toBe(BUG);
    await later();
    expect([calls.length, cancelled()]).toEqual([1, 1]);
    expect(await stream.ended).toMatchObject({ outcome: "aborted", text: "a" });
  });

  test("onGap that throws: the loop is told", async () => {
    const onGap = () => {
      throw BUG;
    };
    const { stream, calls, cancelled, later } = open(GAP, { onGap });
    const loop = (async () => {
      for await (const _ of stream);
    })();
    await expect(loop).rejects.toBe(BUG);
    await later();
    expect([calls.length, cancelled()]).toEqual([1, 1]);
    expect(await stream.ended).toMatchObject({ outcome: "aborted", error: BUG });
  });

  test.each<[string, unknown]>([
    ["an error", BUG],
    ["nothing", undefined],
    ["null", null],
    ["an error with a status of its own", Object.assign(new Error("token"), { status: 401 })],
    ["an error that calls itself retriable", Object.assign(new Error("t"), { retriable: true })],
  ])("a headers function that throws %s: final, with just that", async (_, thrown) => {
    let asked = 0;
    const headers = () => {
      asked += 1;
      throw thrown;
    };
    const { stream, calls, later } = open(DONE, { headers });
    const { ended } = stream;
    await later();
    expect(await ended).toMatchObject({ outcome: "failed" });
    expect((await ended).error).toBe(thrown);
    expect([asked, calls.length]).toEqual([1, 0]);
  });

  test("a subscriber that throws touches neither the stream nor the others", async () => {
    let told = 0;
    const crashes = await withCrashTraps(async () => {
      const { stream, calls, later } = open(chunk("a", "7-1") + DONE);
      stream.subscribe(() => {
        throw BUG;
      });
      stream.subscribe(() => (told += 1));
      await later();
      expect(await stream.ended).toMatchObject({ outcome: "completed", text: "a" });
      expect(calls).toHaveLength(1);
    });
    expect(told).toBeGreaterThan(0);
    expect(new Set(crashes)).toEqual(new Set([BUG]));
  });
});

describe("after close() nothing more is told, also of what has come", () => {
  test("in the loop, with ten events in hand", async () => {
    const { stream } = open(
      Array.from({ length: 10 }, (_, n) => chunk("a", `7-${n + 1}`)).join(""),
    );
    let events = 0;
    for await (const _ of stream) {
      events += 1;
      stream.close();
    }
    expect(events).toBe(1);
    expect(await stream.ended).toMatchObject({ outcome: "aborted", text: "a" });
  });

  test("in onGap", async () => {
    let gaps = 0;
    const { stream } = open(GAP + GAP + chunk("a"), { onGap: () => (stream.close(), (gaps += 1)) });
    let events = 0;
    for await (const _ of stream) events += 1;
    expect([gaps, events]).toEqual([1, 0]);
  });
});

test("a fetch whose body is being read by somebody else fails, and crashes nothing", async () => {
  const crashes = await withCrashTraps(async () => {
    const fetch = async () => {
      const response = eventStream(DONE);
      response.body?.getReader();
      return response;
    };
    const { ended } = connect("https://api.test/", { fetch });
    await pass(300_000, 10_000);
    expect(await ended).toMatchObject({ outcome: "failed", error: { name: "TypeError" } });
  });
  expect(crashes).toEqual([]);
});
