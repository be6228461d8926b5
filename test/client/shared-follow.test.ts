import { expect, onTestFinished, test } from "vitest";
import { readEvents } from "../../src/client/index.ts";
import { createFollower } from "../../src/client/tabs/follow.ts";
import { startLeading } from "../../src/client/tabs/lead.ts";
import { createRecord } from "../../src/client/tabs/record.ts";
import type { Hello, Sync, Told } from "../../src/client/tabs/wire.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";

const LINE = "line";
const facts = { state: "open", attempt: 1, url: "/stream" } as const;
const entry = (n: number) => ({ event: { type: "chunk", content: `${n}` }, id: `7-${n}` });

/** A tab that was told six events by the first leader. */
function follower() {
  const record = createRecord(100);
  const said: Hello[] = [];
  const tab = createFollower(record, "me", (hello) => said.push(hello));
  const onTold = (message: Told) => tab.onTold(message);
  tab.start();
  const leading = { term: 1, leader: "first", line: LINE };
  onTold({
    ...leading,
    kind: "sync",
    position: 6,
    to: "me",
    ask: 1,
    isReset: false,
    isGap: false,
    entries: [1, 2, 3, 4, 5, 6].map(entry),
    facts,
  });
  const event = (by: object, n: number): Told => ({
    ...leading,
    ...by,
    kind: "event",
    position: n,
    entry: entry(n),
  });
  const lead = (by: object, position: number): Told => ({
    ...leading,
    ...by,
    kind: "lead",
    position,
    facts,
  });
  const ids = () => record.log.read(undefined).entries.map(({ id }) => id);
  return { record, said, onTold, event, lead, ids };
}

const SECOND = { term: 2, leader: "second" };

test("a tab that was told more than the next leader gets nothing twice, and still counts what it has", () => {
  const { record, said, onTold, event, lead, ids } = follower();
  onTold(lead(SECOND, 4));
  onTold(event(SECOND, 5));
  // It may be the next to lead: one that says 5 would keep the sixth from the others.
  expect(record.position).toBe(6);
  onTold(event(SECOND, 6));
  onTold(event(SECOND, 7));
  expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `7-${n}`));
  expect(record.position).toBe(7);
  expect(said).toHaveLength(1);
});

test("a tab that was told less than the next leader asks for the rest, by number and by ID", () => {
  const { said, onTold, event, lead, ids } = follower();
  onTold(lead(SECOND, 9));
  expect(said[1]).toMatchObject({ kind: "hello", ask: 2, line: LINE, position: 6, id: "7-6" });
  // What comes next must not come before it.
  onTold(event(SECOND, 10));
  expect(ids()).toHaveLength(6);
});

test("what an earlier leader said last comes too late, and asks nobody", () => {
  const { said, onTold, event, lead, ids } = follower();
  onTold(lead(SECOND, 6));
  onTold(event({}, 7));
  expect(ids()).toHaveLength(6);
  onTold(event(SECOND, 7));
  expect(ids()).toHaveLength(7);
  expect(said).toHaveLength(1);
});

test("of two leaders of one term, that never heard of each other, the one that lives is found by asking", () => {
  const { said, onTold, event, lead, ids } = follower();
  onTold(lead(SECOND, 6));
  onTold(event({ ...SECOND, leader: "third" }, 7));
  expect(ids()).toHaveLength(6);
  expect(said.at(-1)).toMatchObject({ kind: "hello", term: 2, leader: "second" });
});

test("an event that never came is asked for, and what came after it waits for the answer", () => {
  const { said, onTold, event, ids } = follower();
  onTold(event({}, 8));
  onTold(event({}, 9));
  expect(ids()).toHaveLength(6);
  expect(said).toHaveLength(2);
  const missed = { isReset: false, isGap: false, entries: [7, 8, 9].map(entry), facts };
  const leading = { term: 1, leader: "first", line: LINE, position: 9 };
  onTold({ ...leading, ...missed, kind: "sync", to: "another", ask: 2 });
  onTold({ ...leading, ...missed, kind: "sync", to: "me", ask: 1 });
  expect(ids()).toHaveLength(6);
  onTold({ ...leading, ...missed, kind: "sync", to: "me", ask: 2 });
  expect(ids().at(-1)).toBe("7-9");
});

/** A tab that was told six events by the first leader, and leads. */
function leader() {
  const { record } = follower();
  const told: Told[] = [];
  const tab = startLeading(record, "me", () => readEvents(eventStream(bodyOf([], "stays").body)), {
    tell: (message) => told.push(message),
    onAborted: () => {},
  });
  onTestFinished(() => tab.stop());
  const hello = { kind: "hello", from: "other", ask: 1, line: LINE } as const;
  const onHello = (message: Hello) => tab.onHello(message);
  return { told, onHello, hello };
}

test("of two leaders of one term, the one that lives takes the next term, and all hear of it", () => {
  const { told, onHello, hello } = leader();
  expect(told.at(-1)).toMatchObject({ kind: "lead", term: 2, leader: "me", position: 6 });
  onHello({ ...hello, term: 2, leader: "another", position: 6, id: "7-6" });
  expect(told.slice(1)).toMatchObject([
    { kind: "lead", term: 3 },
    { kind: "sync", term: 3, to: "other", entries: [] },
  ]);
});

test("a tab that counts otherwise gets what stands behind its ID", () => {
  const { told, onHello, hello } = leader();
  onHello({ ...hello, term: 2, leader: "me", position: 6, id: "7-4" });
  const { entries, position } = told.at(-1) as Sync;
  expect(entries.map(({ id }) => id)).toEqual(["7-5", "7-6"]);
  expect(position).toBe(6);
});
