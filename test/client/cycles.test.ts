import { afterEach, expect, test, vi } from "vitest";
import { connect } from "../../src/client/index.ts";
import { heldBytes } from "../helpers/memory.ts";
import { nextTurn } from "../helpers/streamed.ts";
import { wireServer, begin } from "../helpers/wire-server.ts";
import {
  away,
  brings,
  chunk,
  DONE,
  hangs,
  scripted,
  type Answer,
} from "../helpers/scripted-fetch.ts";

afterEach(() => vi.unstubAllGlobals());

/** Counts who listens. A listener counts once for each name, as an `EventTarget` has it. */
function counted() {
  const held = new Map<string, Set<unknown>>();
  return {
    add: (name: string, listener: unknown) =>
      void held.set(name, (held.get(name) ?? new Set()).add(listener)),
    remove: (name: string, listener: unknown) => void held.get(name)?.delete(listener),
    held: () => [...held.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

const CASES: Array<[string, Answer]> = [
  ["before it began", hangs],
  ["while connecting", hangs],
  ["while it waits to come back", away],
  ["while reading", brings(chunk("a", "7-1"), "stays")],
];

test("after 10,000 connections that were left at any moment, nothing is left", async () => {
  const page = counted();
  vi.stubGlobal("document", { visibilityState: "visible" });
  vi.stubGlobal("addEventListener", page.add);
  vi.stubGlobal("removeEventListener", page.remove);
  const life = counted();
  const signal = { addEventListener: life.add, removeEventListener: life.remove, reason: "left" };
  let ended = 0;
  const states = new Set<string>();
  const cycle = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const [name, answer] = CASES[n % CASES.length] as (typeof CASES)[number];
      const stream = connect("https://api.test/", {
        fetch: scripted(answer).fetch,
        signal: { ...signal, aborted: name === "before it began" } as unknown as AbortSignal,
      });
      const unsubscribe = stream.subscribe(() => {});
      const reading = (async () => {
        for await (const _ of stream);
      })();
      reading.catch(() => {});
      if (n % CASES.length > 1) await nextTurn();
      states.add(`${name}: ${stream.getSnapshot().state}`);
      stream.close();
      unsubscribe();
      await reading.catch(() => {});
      await stream.ended;
      ended += 1;
    }
    await nextTurn();
  };
  await cycle(2_000);
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const timersBefore = timers();
  // What is left of each connection shows in every round; what the engine compiles meanwhile does not.
  const grown: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const before = heldBytes();
    await cycle(2_500);
    grown.push(heldBytes() - before);
  }
  expect(ended).toBe(12_000);
  // Each case is what it says it is.
  expect([...states].toSorted()).toEqual([
    "before it began: ended",
    "while connecting: connecting",
    "while it waits to come back: waiting",
    "while reading: open",
  ]);
  expect([page.held(), life.held()]).toEqual([0, 0]);
  expect(timers()).toBeLessThanOrEqual(timersBefore);
  expect(Math.min(...grown) / 2_500).toBeLessThan(50);
}, 60_000);

test("a real signal that outlives 300 real connections keeps no listener, and no socket stays", async () => {
  const server = await wireServer((response) => begin(response, chunk("a", "7-1")));
  const leaving = new AbortController();
  const { signal } = leaving;
  let held = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => ((held += 1), add(...given));
  signal.removeEventListener = (...given: Parameters<typeof add>) => (
    (held -= 1),
    remove(...given)
  );
  for (let n = 0; n < 300; n += 1) {
    const stream = connect(server.url, { signal });
    if (n % 2) for await (const _ of stream) break;
    else stream.close();
    expect((await stream.ended).outcome).toBe("aborted");
  }
  expect(held).toBe(0);
  await server.left();
  await server.close();
});

test("a stream that is complete leaves nothing either", async () => {
  const page = counted();
  vi.stubGlobal("addEventListener", page.add);
  vi.stubGlobal("removeEventListener", page.remove);
  for (const answer of [brings(DONE, "stays"), brings("data: {\n\n", "stays")]) {
    await connect("https://api.test/", { fetch: scripted(answer).fetch }).ended;
  }
  expect(page.held()).toBe(0);
});
