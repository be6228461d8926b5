import { describe, expect, test } from "vitest";
import type { ConnectOptions, SavedStream } from "../../src/client/index.ts";
import { connect } from "../../src/client/index.ts";
import type { BaseEvents } from "../../src/index.ts";
import {
  away,
  brings,
  chunk,
  DONE,
  inVirtualTime,
  pass,
  scripted,
  type Answer,
} from "../helpers/scripted-fetch.ts";

inVirtualTime();

const API = "https://api.test/";

/** Reads to the end: the events in short, and what each attempt asked for. */
async function run(bodies: Array<string | Answer>, options: ConnectOptions<BaseEvents> = {}) {
  const last = bodies.length - 1;
  const { fetch, calls } = scripted(
    ...bodies.map((body, n) =>
      typeof body === "string" ? brings(body, n === last ? "ends" : "breaks") : body,
    ),
  );
  const stream = connect(API, { fetch, ...options });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of stream) {
      seen.push(event.type === "chunk" ? event.content : event.type);
    }
  })();
  reading.catch(() => {});
  await pass(400_000, 1_000, () => stream.getSnapshot().state === "ended");
  const asked = calls.map(({ headers }) => headers.get("last-event-id"));
  return { seen: seen.join(" "), asked, calls, ...(await stream.ended) };
}

describe("what is asked for", () => {
  test("nothing before there is an ID, then behind the last one, over attempts that brought none", async () => {
    const { asked, seen } = await run([
      away,
      chunk("a", "7-1"),
      away,
      "",
      chunk("b", "7-2") + DONE,
    ]);
    expect(asked).toEqual([null, null, "7-1", "7-1", "7-1"]);
    expect(seen).toBe("a b");
  });

  test("an ID on a line of its own moves it, an empty one clears it", async () => {
    const moved = await run([`${chunk("a", "7-1")}id: 7-9\n\n`, chunk("b", "7-10") + DONE]);
    expect(moved.asked).toEqual([null, "7-9"]);
    for (const id of ["7-1", "x"]) {
      const cleared = await run([`${chunk("a", id)}id:\n\n`, chunk("a", id) + DONE]);
      expect(cleared).toMatchObject({ asked: [null, null], seen: "a reset a", text: "a" });
    }
  });

  test("a block that was cut before its blank line does not move it", async () => {
    const { asked } = await run([`${chunk("a", "7-1")}id: 7-2\ndata: x\n`, DONE]);
    expect(asked).toEqual([null, "7-1"]);
  });

  test("IDs that are no Latin-1 are sent as their UTF-8 bytes", async () => {
    const { asked } = await run([chunk("a", "é€😀"), DONE]);
    expect(Buffer.from(asked[1] ?? "", "latin1").toString("utf8")).toBe("é€😀");
  });

  test("in the query, on request", async () => {
    const options = { lastEventIdIn: "query" } as const;
    const { calls, asked } = await run([chunk("a", "é&7"), DONE], options);
    expect(calls.map(({ url }) => url)).toEqual([API, `${API}?lastEventId=%C3%A9%267`]);
    expect(asked).toEqual([null, null]);
  });

  test.each([
    ["?lastEventId=7-1", "?lastEventId=7-2"],
    ["?q=1&lastEventId=7-1&x=2#end", "?q=1&x=2&lastEventId=7-2"],
    ["?lastEventId=7-1&q=1", "?q=1&lastEventId=7-2"],
    ["?myLastEventId=1", "?myLastEventId=1&lastEventId=7-2"],
  ])("in the query %s, in the place of an earlier one", async (given, asked) => {
    const { fetch, calls } = scripted(brings(DONE));
    const to = { fetch, lastEventIdIn: "query", lastEventId: "7-2" } as const;
    await connect(API + given, to).ended;
    expect(calls.map(({ url }) => url)).toEqual([API + asked]);
  });

  test("an ID longer than the engine's argument lists is sent whole", async () => {
    const id = "7".repeat(200_000);
    expect((await run([chunk("a", id), DONE])).asked).toEqual([null, id]);
  });

  test("from the beginning, when the place is known from somewhere", async () => {
    expect((await run([DONE], { lastEventId: "7-3" })).asked).toEqual(["7-3"]);
    expect((await run([DONE], { lastEventId: "" })).asked).toEqual([null]);
    const replay = await run([chunk("a", "7-3") + chunk("b", "7-4") + DONE], {
      lastEventId: "7-3",
    });
    expect(replay.seen).toBe("b");
  });
});

describe("each event comes once", () => {
  test.each([
    ["7-1", "7-2", "7-3"],
    ["x", "y", "z"],
    ["1700000000000-0", "1700000000001-0", "1700000000001-1"],
    ["1700000000000-0", "1700000000000-1", "1700000000001-0"],
    ["1700000000000-1", "1700000000001-0", "1700000000002-0"],
  ])("though it is replayed at random: %s, %s, %s", async (a, b, c) => {
    const [one, two, three] = [chunk("a", a), chunk("b", b), chunk("c", c)];
    const bodies = [one, one + two, one, two, one + two + three, one + two + three + DONE];
    expect(await run(bodies)).toMatchObject({ seen: "a b c", text: "abc" });
  });

  test("an event without an ID of its own is not taken for the block before it", async () => {
    const { seen } = await run([chunk("a", "7-1"), `id: 7-1\n\n${chunk("b")}${DONE}`]);
    expect(seen).toBe("a b");
  });

  test("foreign IDs are remembered in a bounded window", async () => {
    const many = Array.from({ length: 2_000 }, (_, n) => chunk("a", `x${n}`));
    const end = await run([many.join(""), many.slice(-256).join("") + DONE]);
    expect(end.text).toHaveLength(2_000);
    const old = await run([many.join(""), many[0] + DONE]);
    expect(old.text).toHaveLength(2_001);
  });
});

describe("the stream starts over", () => {
  test("another producer: `reset` comes first, and what was read is void", async () => {
    const end = await run([chunk("a", "7-1") + chunk("b", "7-2"), chunk("c", "9-1") + DONE]);
    expect(end).toMatchObject({ seen: "a b reset c", text: "c", isWhole: true });
  });

  test("another producer whose first events are gone: `reset` and a gap, and what comes is not all", async () => {
    for (const told of ["", 'data: {"type":"gap","after":"7-1","oldest":"9-5"}\n\n']) {
      const end = await run([chunk("a", "7-1"), told + chunk("c", "9-5") + DONE]);
      expect(end).toMatchObject({ text: "c", isWhole: false, outcome: "completed" });
      expect(end.seen.endsWith("reset gap c")).toBe(true);
    }
  });

  test("also behind a result", async () => {
    const result = 'id: 7-2\ndata: {"type":"result","n":1}\n\n';
    const end = await run([chunk("a", "7-1") + result, chunk("c", "9-1") + DONE]);
    expect(end).toMatchObject({ text: "c", result: undefined });
  });

  test("but one that seals the log of the one before goes on counting: no reset", async () => {
    const error = 'id: 9-2\ndata: {"type":"error","message":"gone","code":"INTERNAL"}\n\n';
    const end = await run([chunk("a", "7-1"), error + DONE]);
    expect(end).toMatchObject({ seen: "a error", text: "a", outcome: "failed" });
  });

  test("a server that numbers by its clock, as Redis does, does not start over at each event", async () => {
    const texts = ["1700000000000-0", "1700000000700-0", "1700000001400-0"];
    const all = texts.map((id) => chunk("a", id)).join("");
    expect((await run([all, chunk("b", "1700000009999-0") + DONE])).seen).toBe("a a a b");
  });

  test("without IDs, once per connection, before the first event", async () => {
    const end = await run([chunk("a"), chunk("a"), away, chunk("a") + chunk("b") + DONE]);
    expect(end).toMatchObject({ seen: "a reset a reset a b", text: "ab" });
  });

  test("a part is no longer kept: told first to onGap, then to the loop, and in the end", async () => {
    const gaps: unknown[] = [];
    const gap = 'data: {"type":"gap","after":"7-1","oldest":"7-5"}\n\n';
    const end = await run([chunk("a", "7-1"), gap + chunk("b", "7-5") + DONE], {
      onGap: (told) => gaps.push(told),
    });
    expect(gaps).toEqual([{ type: "gap", after: "7-1", oldest: "7-5" }]);
    expect(end).toMatchObject({ seen: "a gap b", text: "ab", isWhole: false });
  });
});

describe("a page that is loaded anew", () => {
  const ALL = Array.from({ length: 40 }, (_, n) =>
    chunk(String.fromCharCode(97 + (n % 26)), `7-${n + 1}`),
  );
  const TEXT = Array.from({ length: 40 }, (_, n) => String.fromCharCode(97 + (n % 26))).join("");

  /** Takes so many events of one chunk, and answers what is kept then. */
  async function saveAfter(count: number, body: string): Promise<SavedStream> {
    const { fetch } = scripted(brings(body, "stays"));
    const stream = connect(API, { fetch });
    const reader = stream[Symbol.asyncIterator]();
    for (let n = 0; n < count; n += 1) await reader.next();
    const saved = JSON.stringify(stream.save());
    stream.close();
    expect(stream.save()).toBeUndefined();
    return JSON.parse(saved) as SavedStream;
  }

  test("goes on behind any event, also in the middle of a chunk", async () => {
    for (let count = 0; count <= 40; count += 1) {
      const restore = await saveAfter(count, ALL.join(""));
      expect(restore.text).toBe(TEXT.slice(0, count));
      const rest = ALL.slice(count).join("") + DONE;
      expect(await run([rest], { restore })).toMatchObject({
        asked: [count === 0 ? null : `7-${count}`],
        text: TEXT,
        outcome: "completed",
      });
    }
  });

  test("a stream without IDs starts over, instead of telling its text twice", async () => {
    for (const body of [chunk("a") + chunk("b"), `${chunk("a", "7-1")}id:\n\n${chunk("b")}`]) {
      const restore = await saveAfter(2, body);
      const end = await run([chunk("a") + chunk("b") + DONE], { restore });
      expect(end).toMatchObject({ seen: "reset a b", text: "ab", asked: [null] });
    }
  });

  test("a POST is kept as its way back, and is not sent again", async () => {
    const options = { json: {}, fetch: scripted(brings("", "stays")).fetch };
    const unnamed = connect(API, options);
    void unnamed.ended;
    await pass(10);
    expect(unnamed.save()).toBeUndefined();
    unnamed.close();
    const headers = { "content-location": "/runs/1" };
    const { fetch } = scripted(brings(chunk("a", "7-1"), "stays", headers));
    const named = connect(API, { json: {}, fetch });
    await named[Symbol.asyncIterator]().next();
    const restore = named.save();
    named.close();
    expect(restore).toEqual({ url: `${API}runs/1`, lastEventId: "7-1", text: "a", isWhole: true });
    const again = await run([chunk("b", "7-2") + DONE], { json: {}, restore });
    expect(again.calls).toMatchObject([{ method: "GET", url: `${API}runs/1`, body: undefined }]);
    expect(again.text).toBe("ab");
  });
});
