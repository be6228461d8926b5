import type { LogBatch, LogEntry, LogStore } from "../../log/store.ts";
import { expectRefusal, expectSame, expectThat, sleep, until } from "../check.ts";
import { append, EPOCH, entries, frame, rest, take, type Claims } from "./trial.ts";

const AGE_MS = 800;

function gone(store: LogStore, streamId: string): Promise<void> {
  return until(async () => (await store.info(streamId)) === undefined, "the log goes");
}

function lengthOf(kept: readonly LogEntry[]): number {
  return kept.reduce((sum, { frame: text }) => sum + text.length, 0);
}

export const retentionChecks: Claims = {
  "a log keeps more entries than it may, or not the newest": async (store, trial) => {
    for (const leaseMs of [0, 60_000]) {
      const streamId = await trial.log(store, { leaseMs, retention: { maxEvents: 10 } });
      for (let at = 1; at <= 15; at += 1) await append(store, streamId, at, at);
      expectSame(await take(store.read(streamId), 10), entries(6, 15), "what is kept");
      await append(store, streamId, 16, 40);
      await append(store, streamId, 41, 41);
      expectSame(await take(store.read(streamId), 10), entries(32, 41), "what is kept");
      await append(store, streamId, 42, 42, true);
      expectSame(await rest(store.read(streamId)), entries(33, 42), "what is kept at the end");
    }
  },

  "a channel keeps more entries than it may, or not the newest": async (store, trial) => {
    const retention = { maxEvents: 10 };
    const streamId = await trial.log(store, { retention });
    const publisher = trial.name();
    for (let published = 0; published < 30; published += 1) {
      await store.publish(streamId, { publisher, published, frames: [frame(published + 1)] });
    }
    expectSame(await take(store.read(streamId), 10), entries(21, 30), "what is kept");
  },

  "a log keeps more text than it may, or not the newest": async (store, trial) => {
    const retention = { maxBytes: 10_000 };
    const run = await trial.log(store, { retention, leaseMs: 60_000 });
    const loose = await trial.log(store, { retention });
    const channel = await trial.log(store, { retention });
    const publisher = trial.name();
    for (let at = 1; at <= 40; at += 1) {
      const texts = [`${at}`.padEnd(1_000, ".")];
      await store.append(run, { epoch: EPOCH, sequence: at, frames: texts });
      await store.append(loose, { epoch: EPOCH, sequence: at, frames: texts });
      await store.publish(channel, { publisher, published: at - 1, frames: texts });
    }
    for (const streamId of [run, loose, channel]) {
      const kept = await upTo(store.read(streamId), `${EPOCH}-40`);
      expectThat(lengthOf(kept) <= 10_000, `no more is kept: ${lengthOf(kept)}`);
      expectThat(lengthOf(kept) >= 5_000, `the newest is kept: ${lengthOf(kept)}`);
    }
  },

  "an entry that is larger than the whole log may be is lost": async (store, trial) => {
    for (const leaseMs of [0, 60_000]) {
      const streamId = await trial.log(store, { leaseMs, retention: { maxBytes: 10 } });
      await append(store, streamId, 1, 1);
      expectSame(await take(store.read(streamId), 1), entries(1, 1), "what is kept");
      // Said again, with one more.
      await append(store, streamId, 1, 2);
      expectSame(await take(store.read(streamId), 1), entries(2, 2), "what is kept");
      await append(store, streamId, 3, 4, true);
      expectSame(await rest(store.read(streamId)), entries(4, 4), "what is kept at the end");
    }
  },

  "a reader that comes back to what is no longer kept is stuck, or not told by the ids": async (
    store,
    trial,
  ) => {
    const streamId = await trial.log(store, { retention: { maxEvents: 10 } });
    await append(store, streamId, 1, 3);
    const live = store.read(streamId);
    expectSame(await take(live, 3), entries(1, 3), "the backlog");
    await append(store, streamId, 4, 30, true);
    for (const after of [undefined, `${EPOCH}-1`, `${EPOCH}-20`]) {
      expectSame(await rest(store.read(streamId, { after })), entries(21, 30), `behind ${after}`);
    }
    const late = store.read(streamId, { after: `${EPOCH}-25` });
    expectSame(await rest(late), entries(26, 30), "behind what is kept");
    const ids = (await rest(live)).map(({ id }) => id);
    expectSame(ids.slice(-10), idsOf(entries(21, 30)), "one that was away");
  },

  "a log that has ended is kept for ever": async (store, trial) => {
    const owner = trial.name();
    const retention = { maxAgeMs: AGE_MS };
    const streamId = await trial.log(store, { retention, leaseMs: 60_000, owner });
    await append(store, streamId, 1, 2, true);
    expectSame(await rest(store.read(streamId)), entries(1, 2), "what is kept at first");
    await gone(store, streamId);
    await expectRefusal(store.read(streamId).next(), "LOG_NOT_FOUND", "read");
    await expectRefusal(append(store, streamId, 3, 3), "LOG_NOT_FOUND", "append");
    expectSame(await store.list(owner), [], "the owner's logs");
    expectSame(await store.remove(streamId), false, "remove");
  },

  "a log goes while its producer holds it": async (store, trial) => {
    const retention = { maxAgeMs: 50 };
    const streamId = await trial.log(store, { retention, leaseMs: 60_000 });
    await append(store, streamId, 1, 1);
    const short = await trial.log(store, { retention });
    await gone(store, short);
    await append(store, streamId, 2, 2);
    expectSame((await store.info(streamId))?.lastId, `${EPOCH}-2`, "the newest id");
  },

  "a channel goes although something is published": async (store, trial) => {
    const retention = { maxAgeMs: AGE_MS };
    const streamId = await trial.log(store, { retention });
    const publisher = trial.name();
    const silent = await trial.log(store, { retention });
    let published = 0;
    const isSilentGone = async () => {
      await store.publish(streamId, { publisher, published, frames: [frame(published + 1)] });
      published += 1;
      await sleep(20);
      return (await store.info(silent)) === undefined;
    };
    await until(isSilentGone, "the silent one goes");
    expectSame((await store.info(streamId))?.lastId, `${EPOCH}-${published}`, "the newest id");
    await gone(store, streamId);
  },
};

/** What is read until the entry with that id. */
async function upTo(reading: AsyncIterator<LogBatch, undefined>, id: string): Promise<LogEntry[]> {
  const taken = await take(reading, 1);
  while (taken.at(-1)?.id !== id) taken.push(...(await take(reading, 1)));
  return taken;
}

function idsOf(kept: readonly LogEntry[]): string[] {
  return kept.map(({ id }) => id);
}
