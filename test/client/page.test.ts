import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connect, type ConnectOptions } from "../../src/client/index.ts";
import type { BaseEvents } from "../../src/index.ts";
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

let page: EventTarget;
let visibility: { visibilityState: string };
let listening: number;
beforeEach(() => {
  page = new EventTarget();
  visibility = { visibilityState: "visible" };
  listening = 0;
  vi.stubGlobal("document", visibility);
  vi.stubGlobal("addEventListener", (name: string, listener: () => void) => {
    listening += 1;
    page.addEventListener(name, listener);
  });
  vi.stubGlobal("removeEventListener", (name: string, listener: () => void) => {
    listening -= 1;
    page.removeEventListener(name, listener);
  });
});
afterEach(() => vi.unstubAllGlobals());

async function show(state: "visible" | "hidden") {
  visibility.visibilityState = state;
  page.dispatchEvent(new Event("visibilitychange"));
  await pass(2, 1);
}
const CUT = brings(chunk("a", "7-1"));
const OPEN = brings(chunk("b", "7-2"), "stays");
const REST = brings(chunk("c", "7-3") + DONE, "ends");

async function open(answers: Answer[], options: ConnectOptions<BaseEvents> = {}) {
  const { fetch, calls } = scripted(...answers);
  const retry = { random: () => 1, reconnectionTimeMs: 20_000 };
  const stream = connect("https://api.test/", { fetch, retry, ...options });
  void stream.ended;
  await pass(2, 1);
  return { stream, calls };
}

describe("a reader that waits to come back", () => {
  test.each(["online", "visibilitychange"])("need not wait after `%s`", async (name) => {
    const { stream, calls } = await open([CUT, OPEN]);
    await pass(1_000);
    expect(calls).toHaveLength(1);
    page.dispatchEvent(new Event(name));
    await pass(2, 1);
    expect(calls).toHaveLength(2);
    stream.close();
  });

  test.each<[string, Answer]>([
    ["retry:", brings(`retry: 5000\n\n${chunk("a", "7-1")}`)],
    ["Retry-After", refuses(503, { "retry-after": "5" })],
  ])("but never comes before what the server asked for: %s", async (_, first) => {
    const { stream, calls } = await open([first, OPEN]);
    for (let n = 0; n < 4; n += 1) {
      await pass(1_000);
      page.dispatchEvent(new Event("online"));
    }
    await pass(900, 100);
    expect(calls).toHaveLength(1);
    await pass(200, 100);
    expect(calls).toHaveLength(2);
    stream.close();
  });

  test.each<[string, Answer, ConnectOptions<BaseEvents>]>([
    ["after a cut", CUT, {}],
    ["after a rotate", brings(chunk("a", "7-1") + ROTATE, "stays"), {}],
    ["with a fresh token", refuses(401), { headers: () => ({}) }],
  ])("stays away while nobody sees the page: %s", async (_, first, options) => {
    visibility.visibilityState = "hidden";
    const { stream, calls } = await open([first, OPEN], options);
    for (let hour = 0; hour < 5; hour += 1) {
      await pass(3_600_000, 600_000);
      page.dispatchEvent(new Event("online"));
      await show("hidden");
    }
    expect(calls).toHaveLength(1);
    await show("visible");
    expect(calls).toHaveLength(2);
    stream.close();
  });

  test("unless it is told not to", async () => {
    visibility.visibilityState = "hidden";
    const { stream, calls } = await open([CUT, OPEN], { retry: { whileHidden: true } });
    await pass(1_000, 100);
    expect(calls).toHaveLength(2);
    stream.close();
  });

  test("can be left while nobody sees the page", async () => {
    visibility.visibilityState = "hidden";
    const { stream } = await open([CUT, OPEN]);
    await pass(60_000, 1_000);
    stream.close();
    expect(await stream.ended).toMatchObject({ outcome: "aborted" });
    expect([listening, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

test("switching tabs ten times while it reads makes no request", async () => {
  const { stream, calls } = await open([OPEN]);
  for (let n = 0; n < 10; n += 1) await show(n % 2 === 0 ? "hidden" : "visible");
  expect(calls).toHaveLength(1);
  expect(stream.getSnapshot().state).toBe("open");
  stream.close();
});

describe("a page out of the browser's cache", () => {
  const pageshow = (persisted: boolean) =>
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));

  test("goes on where it was", async () => {
    const { stream, calls } = await open([OPEN, REST]);
    pageshow(false);
    await pass(2, 1);
    expect(calls).toHaveLength(1);
    pageshow(true);
    await pass(2, 1);
    expect(calls).toHaveLength(2);
    expect(calls[1]?.headers.get("last-event-id")).toBe("7-2");
    expect(await stream.ended).toMatchObject({ outcome: "completed", text: "bc" });
  });

  test("makes one request, also when it was waiting", async () => {
    const { stream, calls } = await open([away, CUT, OPEN]);
    pageshow(true);
    await pass(20_000, 1_000);
    // The cut that comes then is one like all others: it is waited after.
    expect(calls).toHaveLength(2);
    expect(stream.getSnapshot().state).toBe("waiting");
    await pass(21_000, 1_000);
    expect(calls).toHaveLength(3);
    expect(stream.getSnapshot().state).toBe("open");
    stream.close();
  });

  test("makes another, when it was connecting", async () => {
    const never: Answer = () => new Promise(() => {});
    const { stream, calls } = await open([CUT, never, OPEN]);
    await pass(20_000, 1_000);
    expect(calls).toHaveLength(2);
    pageshow(true);
    await pass(2, 1);
    expect(calls).toHaveLength(3);
    stream.close();
  });

  test("does not send a POST again", async () => {
    const { stream, calls } = await open([OPEN], { json: {} });
    pageshow(true);
    await pass(60_000, 1_000);
    expect(calls).toHaveLength(1);
    expect(await stream.ended).toMatchObject({ outcome: "truncated", text: "b" });
  });
});

test("nothing of it is listened to after the end", async () => {
  const { stream } = await open([CUT, REST]);
  await pass(60_000, 1_000);
  expect(await stream.ended).toMatchObject({ outcome: "completed" });
  expect([listening, vi.getTimerCount()]).toEqual([0, 0]);
});
