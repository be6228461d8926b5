import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connect, type StreamSnapshot } from "../../src/client/index.ts";
import type { BaseEvents } from "../../src/index.ts";
import { nextTurn } from "../helpers/streamed.ts";
import {
  away,
  brings,
  chunk,
  DONE,
  inVirtualTime,
  pass,
  refuses,
  ROTATE,
  scripted,
  type Answer,
} from "../helpers/scripted-fetch.ts";

inVirtualTime();

type State = StreamSnapshot<BaseEvents>["state"];
/** Where a stream can go from where it is. */
const GRAPH: Record<State, State[]> = {
  idle: [],
  connecting: ["open", "waiting", "connecting", "ended"],
  open: ["waiting", "connecting", "ended"],
  waiting: ["connecting", "ended"],
  ended: [],
};
/** Whether the second may come after the first, and says of itself what it has to. */
function isAllowed(before: StreamSnapshot<BaseEvents>, now: StreamSnapshot<BaseEvents>): boolean {
  const { state, attempt, retryAt, error, outcome } = now;
  return (
    (before.state === state || GRAPH[before.state].includes(state)) &&
    attempt >= before.attempt &&
    (retryAt !== undefined) === (state === "waiting") &&
    (outcome !== undefined) === (state === "ended") &&
    (state !== "waiting" || error instanceof Error) &&
    (state !== "ended" || (error === undefined) === (outcome === "completed"))
  );
}

let sequence = 0;
const fresh =
  (rest = ""): Answer =>
  (call) =>
    brings(chunk("a", `7-${++sequence}`) + rest, rest ? "stays" : "breaks")(call);
const FAULTS: Record<string, Answer> = {
  away,
  busy: refuses(503),
  gone: refuses(404),
  unauthorised: refuses(401),
  nothing: refuses(204),
  cut: brings(""),
  fresh: fresh(),
  rotate: fresh(ROTATE),
  spin: brings(ROTATE, "stays"),
  done: fresh(DONE),
  failed: fresh('data: {"type":"error","message":"no"}\n\n'),
  bad: fresh("data: {\n\n"),
};

test("whatever the network does, the state moves as documented, each change with its reason", async () => {
  const faults = fc.array(fc.constantFrom(...Object.keys(FAULTS)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(faults, async (names) => {
      const { fetch, calls } = scripted(
        ...names.map((name) => FAULTS[name] as Answer),
        FAULTS["done"] as Answer,
      );
      const stream = connect("https://api.test/", { fetch, headers: () => ({}) });
      const seen = [stream.getSnapshot()];
      stream.subscribe(() => {
        const now = stream.getSnapshot();
        if (now !== seen.at(-1)) seen.push(now);
      });
      await pass(400_000, 5_000, () => stream.getSnapshot().state === "ended");
      await nextTurn();
      const wrong = seen.filter((now, index) => !isAllowed(seen[index - 1] ?? now, now));
      expect(wrong).toEqual([]);
      expect(seen.at(-1)).toMatchObject({ state: "ended", attempt: calls.length });
      const { outcome, text, error } = await stream.ended;
      expect(seen.at(-1)).toMatchObject({ outcome, text, error });
    }),
    { numRuns: 60 },
  );
});

describe("a view that subscribes", () => {
  test("gets the same snapshot until something has changed", async () => {
    const { fetch } = scripted(brings(chunk("a", "7-1"), "stays"));
    const stream = connect("https://api.test/", { fetch });
    stream.subscribe(() => {});
    await pass(100, 20);
    const one = stream.getSnapshot();
    expect(one).toMatchObject({ state: "open", text: "a", attempt: 1, error: undefined });
    await pass(1_000, 20);
    expect(stream.getSnapshot()).toBe(one);
    stream.close();
    expect(stream.getSnapshot()).not.toBe(one);
  });

  test("is told at most twice of 5,000 events in one tick, and in the end knows all", async () => {
    const text = Array.from({ length: 5_000 }, (_, n) => chunk("a", `7-${n + 1}`)).join("");
    const { fetch } = scripted(brings(text, "stays"));
    const stream = connect("https://api.test/", { fetch });
    await nextTurn();
    let told = 0;
    const seen = new Set<unknown>();
    stream.subscribe(() => {
      told += 1;
      seen.add(stream.getSnapshot());
    });
    await nextTurn();
    await pass(100, 16);
    expect(told).toBeLessThanOrEqual(2);
    expect(seen.size).toBe(told);
    expect(stream.getSnapshot().text).toHaveLength(5_000);
    stream.close();
  });

  test("can leave while it is told, and is told nothing more", async () => {
    const { fetch } = scripted(brings(chunk("a", "7-1")), brings(DONE, "ends"));
    const stream = connect("https://api.test/", { fetch });
    const told = { first: 0, second: 0 };
    const leave = stream.subscribe(() => {
      told.first += 1;
      leave();
      leave();
      leaveToo();
    });
    const leaveToo = stream.subscribe(() => (told.second += 1));
    await pass(60_000, 1_000);
    expect(await stream.ended).toMatchObject({ outcome: "completed" });
    expect(told).toEqual({ first: 1, second: 0 });
  });
});
