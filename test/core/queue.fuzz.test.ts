import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AnyEvent, OverflowPolicy } from "../../src/index.ts";
import { AsyncEventQueue, defineEvents, event } from "../../src/index.ts";
import { configureFuzz } from "../helpers/fuzz.ts";

configureFuzz({ runs: 3_000 });

interface Item extends AnyEvent {
  content: string;
  size: number;
  source?: string;
}

interface Bounds {
  highWaterMark: number;
  highWaterMarkBytes: number;
  maxItems: number;
  maxBytes: number;
}

const events = defineEvents({
  grows: event<object>({ policy: "mergeable" }),
  newest: event<object>({ policy: "latest" }),
  other: event<object>({ policy: "latest" }),
  extra: event<object>({ policy: "droppable" }),
});
const TYPES = ["keeps", "grows", "newest", "other", "extra"];

/** A queue as one would explain it: plain arrays, every rule written out, no thought of speed. */
class Model {
  held: Array<{ item: Item; replaceable: boolean }> = [];
  waiting = 0;
  state: "open" | "closed" | "failed" | "cancelled" = "open";
  failureTold = false;
  readonly #bounds: Bounds;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get bytes(): number {
    return this.held.reduce((sum, { item }) => sum + item.size, 0);
  }

  get isPressed(): boolean {
    const { highWaterMark, highWaterMarkBytes } = this.#bounds;
    return this.held.length >= highWaterMark || this.bytes >= highWaterMarkBytes;
  }

  push(item: Item): boolean {
    if (this.state !== "open") return false;
    if (this.isPressed) return this.#pushUnderPressure(item);
    this.held.push({ item, replaceable: false });
    return true;
  }

  #pushUnderPressure(item: Item): boolean {
    const policy: OverflowPolicy = events.definitions.get(item.type)?.policy ?? "durable";
    if (policy === "droppable") return false;
    const stale = this.held.findIndex((one) => one.replaceable && one.item.type === item.type);
    if (policy === "latest" && stale >= 0) {
      this.held.splice(stale, 1);
      this.held.push({ item, replaceable: true });
      return true;
    }
    const { maxItems, maxBytes } = this.#bounds;
    const last = this.held.at(-1);
    const joins = policy === "mergeable" && last?.item.type === item.type;
    if (joins && last.item.source === item.source && this.bytes < maxBytes) {
      last.item = joined(last.item, item);
      return true;
    }
    if (this.held.length >= maxItems || this.bytes >= maxBytes) {
      this.state = "failed";
      return false;
    }
    this.held.push({ item, replaceable: policy === "latest" });
    return true;
  }

  end(state: "closed" | "failed" | "cancelled"): void {
    if (state === "cancelled") this.held = [];
    if (this.state === "open" || state === "cancelled") this.state = state;
  }

  /** What the next `next()` comes to, `undefined` when it waits. */
  next(): string | undefined {
    const first = this.held.shift();
    if (first) return show(first.item);
    if (this.state === "open") return undefined;
    if (this.state !== "failed" || this.failureTold) return "done";
    this.failureTold = true;
    return "failed";
  }
}

function joined(older: Item, newer: Item): Item {
  return { ...older, content: older.content + newer.content, size: older.size + newer.size };
}

const show = ({ type, content, source = "" }: Item) => `${type}${source}:${content}`;

type Step =
  | { do: "push"; type: string; size: number; source: string | undefined }
  | { do: "next" | "close" | "fail" | "return" | "ready" | "turn" };

const steps = (): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({
          do: fc.constant("push" as const),
          type: fc.constantFrom(...TYPES),
          size: fc.integer({ min: 1, max: 5 }),
          source: fc.constantFrom(undefined, "a"),
        }),
      },
      { weight: 6, arbitrary: fc.constant({ do: "next" as const }) },
      { weight: 3, arbitrary: fc.constantFrom({ do: "ready" as const }, { do: "turn" as const }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Step>({ do: "close" }, { do: "fail" }, { do: "return" }),
      },
    ),
    { maxLength: 80, size: "max" },
  );

const bounds = (): fc.Arbitrary<Bounds> =>
  fc
    .tuple(fc.nat({ max: 5 }), fc.nat({ max: 12 }), fc.nat({ max: 6 }), fc.nat({ max: 30 }))
    .map(([mark, markBytes, items, bytes]) => ({
      highWaterMark: 1 + mark,
      highWaterMarkBytes: 1 + markBytes,
      maxItems: 1 + mark + items,
      maxBytes: 1 + markBytes + bytes,
    }));

/** One queue and one model, taken through the same steps. */
class Pair {
  /** What the queue answered, step by step. */
  readonly seen: unknown[] = [];
  /** What the model says that it should have answered. */
  readonly modelled: unknown[] = [];
  readonly #queue: AsyncEventQueue<Item>;
  readonly #model: Model;
  readonly #reader: AsyncIterator<Item, undefined>;
  readonly #told: string[] = [];
  readonly #expected: string[] = [];
  #asked = 0;
  #count = 0;

  constructor(limits: Bounds) {
    const merge = (older: Item, newer: Item) =>
      older.source === newer.source ? joined(older, newer) : undefined;
    this.#queue = new AsyncEventQueue<Item>({
      ...limits,
      events,
      sizeOf: ({ size }) => size,
      merge,
    });
    this.#model = new Model(limits);
    this.#reader = this.#queue[Symbol.asyncIterator]();
  }

  /** @returns what the step waits for, if it does: most steps of a sequence come in one turn. */
  take(step: Step): Promise<void> | undefined {
    if (step.do === "turn") return Promise.resolve().then(() => this.#compare());
    if (step.do === "ready") return this.#askWhetherReady();
    if (step.do === "push") this.#push(step);
    else if (step.do === "next") this.#next();
    else this.#end(step.do);
    this.#serve();
    this.#compare();
    return undefined;
  }

  /** Ends what is left open: every `next()` must have come to what the model says, in the same order. */
  async finish(): Promise<void> {
    void this.take({ do: "close" });
    while (this.#model.held.length > 0) void this.take({ do: "next" });
    void this.take({ do: "next" });
    await new Promise((resolve) => setImmediate(resolve));
    this.#note(this.#told, this.#expected);
    this.#note(this.#told.length, this.#asked);
  }

  #note(seen: unknown, modelled: unknown): void {
    this.seen.push(seen);
    this.modelled.push(modelled);
  }

  #push({ type, size, source }: Step & { do: "push" }): void {
    this.#count += 1;
    const item: Item = { type, size, content: `${this.#count} `, ...(source && { source }) };
    this.#note(this.#queue.push(item), this.#model.push({ ...item }));
  }

  #next(): void {
    this.#asked += 1;
    this.#model.waiting += 1;
    void this.#reader.next().then(
      ({ done, value }) => this.#told.push(done ? "done" : show(value)),
      () => this.#told.push("failed"),
    );
  }

  #end(how: "close" | "fail" | "return"): void {
    if (how === "return") {
      this.#model.end("cancelled");
      void this.#reader.return?.();
      return;
    }
    this.#model.end(how === "close" ? "closed" : "failed");
    this.#queue[how](new Error("on purpose"));
  }

  async #askWhetherReady(): Promise<void> {
    const { state, isPressed } = this.#model;
    this.#note(await settledNow(this.#queue.ready), state !== "open" || !isPressed);
    this.#compare();
  }

  #compare(): void {
    const { state, size, sizeBytes, desiredSize } = this.#queue;
    const { state: modelled, held, bytes, isPressed } = this.#model;
    this.#note(
      [state, size, sizeBytes, desiredSize > 0],
      [modelled, held.length, bytes, !isPressed],
    );
  }

  #serve(): void {
    while (this.#model.waiting > 0) {
      const came = this.#model.next();
      if (came === undefined) return;
      this.#model.waiting -= 1;
      this.#expected.push(came);
    }
  }
}

async function settledNow(promise: Promise<void>): Promise<boolean> {
  let isSettled = false;
  void promise.then(() => (isSettled = true));
  await Promise.resolve();
  return isSettled;
}

test("any sequence of push, next, ready, close, fail and return comes to what the model says", async () => {
  await fc.assert(
    fc.asyncProperty(bounds(), steps(), async (limits, sequence) => {
      const pair = new Pair(limits);
      for (const step of sequence) {
        const turn = pair.take(step);
        if (turn) await turn;
      }
      await pair.finish();
      expect(pair.seen).toEqual(pair.modelled);
    }),
  );
});
