import type { LogEntry, LogStore } from "../../log/store.ts";
import { expectSame, sleep, soon } from "../check.ts";
import { append, EPOCH, entries, rest, take, type Claims } from "./trial.ts";

const EVENTS = 20;

/** A reader behind each offset, the beginning too: what each of them gets until the log has ended. */
function readFromEverywhere(store: LogStore, streamId: string): Promise<LogEntry[][]> {
  const offsets = Array.from({ length: EVENTS + 1 }, (_, offset) => offset);
  return Promise.all(
    offsets.map((offset) =>
      rest(store.read(streamId, offset ? { after: `${EPOCH}-${offset}` } : {})),
    ),
  );
}

/** What a reader gets that leaves now and then, and comes back to where it was. */
async function visits(store: LogStore, streamId: string): Promise<LogEntry[]> {
  const got: LogEntry[] = [];
  for (;;) {
    const reading = store.read(streamId, { after: got.at(-1)?.id });
    for (let batches = Math.random() * 5; batches > 0; batches -= 1) {
      const { value, done } = await soon(reading.next(), `what follows ${got.at(-1)?.id}`);
      if (done) return got;
      got.push(...value.entries);
      if (value.outcome !== undefined) return got;
      if (Math.random() < 0.3) await sleep(Math.random() * 10);
    }
    // At times it leaves while it waits: what it would have got is left for the next time.
    if (Math.random() < 0.5) void reading.next();
    await reading.return?.();
  }
}

/** Where the backlog ends and the live tail begins, at every place. */
export const attachingChecks: Claims = {
  "between the backlog and the live tail an event is lost or doubled": async (store, trial) => {
    for (let attach = 0; attach <= EVENTS; attach += 1) {
      const streamId = await trial.log(store);
      if (attach > 0) await append(store, streamId, 1, attach, attach === EVENTS);
      const readers = readFromEverywhere(store, streamId);
      for (let at = attach + 1; at <= EVENTS; at += 1) {
        await append(store, streamId, at, at, at === EVENTS);
      }
      for (const [offset, got] of (await readers).entries()) {
        expectSame(got, entries(offset + 1, EVENTS), `${attach} before, behind ${offset}`);
      }
    }
  },

  "a reader of another process misses an event that was written while it came": async (
    store,
    trial,
  ) => {
    const other = await trial.open();
    const streamId = await trial.log(store);
    const readers: Array<Promise<LogEntry[]>> = [];
    for (let at = 1; at <= 100; at += 1) {
      const written = append(store, streamId, at, at, at === 100);
      readers.push(rest((at % 2 ? store : other).read(streamId)));
      await written;
    }
    for (const got of await Promise.all(readers)) expectSame(got, entries(1, 100), "a reader");
  },

  "where one reader left, the next misses what came between": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 5);
    const [stays, leaves] = [store.read(streamId), store.read(streamId)];
    expectSame(await take(stays, 5), entries(1, 5), "the backlog");
    expectSame(await take(leaves, 5), entries(1, 5), "the backlog of the other");
    const live = leaves.next();
    await append(store, streamId, 6, 8);
    await live;
    // It waits for more, and then does not.
    const waiting = leaves.next();
    await store.info(streamId);
    await leaves.return?.();
    await waiting;
    const got = rest(stays);
    for (let at = 9; at <= 20; at += 1) await append(store, streamId, at, at, at === 20);
    expectSame(await got, entries(6, 20), "the one that stays");
  },

  "readers that come, dawdle, leave and come back lose or double an event": async (
    store,
    trial,
  ) => {
    const other = await trial.open();
    const streamId = await trial.log(store, { leaseMs: 60_000 });
    const readers = Array.from({ length: 12 }, (_, index) =>
      visits(index % 2 ? store : other, streamId),
    );
    for (let from = 1; from <= 2_000; from += 5) {
      await append(store, streamId, from, from);
      await append(store, streamId, from + 1, from + 4, from === 1_996);
    }
    for (const got of await Promise.all(readers)) expectSame(got, entries(1, 2_000), "a reader");
  },

  "a reader that comes while much is written misses a part of it": async (store, trial) => {
    const other = await trial.open();
    const streamId = await trial.log(store);
    const readers: Array<Promise<LogEntry[]>> = [];
    for (let from = 1; from <= 3_000; from += 100) {
      const written = append(store, streamId, from, from + 99, from === 2_901);
      readers.push(rest((from % 200 === 1 ? store : other).read(streamId)));
      await written;
    }
    const all = entries(1, 3_000);
    for (const got of await Promise.all(readers)) expectSame(got, all, "a reader");
  },
};
