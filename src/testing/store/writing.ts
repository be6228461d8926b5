import { expectRefusal, expectSame, soon } from "../check.ts";
import { append, EPOCH, entries, frames, kept, rest, type Claims } from "./trial.ts";

export const writingChecks: Claims = {
  "appended entries are read in another order, or under other ids": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 1);
    await append(store, streamId, 2, 7);
    await append(store, streamId, 8, 8);
    expectSame(await kept(store, streamId, 8), entries(1, 8), "the entries");
    expectSame((await store.info(streamId))?.lastId, `${EPOCH}-8`, "the newest id");
  },

  "of a large append a part is missing": async (store, trial) => {
    const streamId = await trial.log(store);
    for (let from = 1; from < 5_000; from += 1_250)
      await append(store, streamId, from, from + 1249);
    await append(store, streamId, 5_001, 5_001, true);
    expectSame(await rest(store.read(streamId)), entries(1, 5_001), "the entries");
  },

  "an append whose answer was lost is kept twice when it is said again": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 3);
    await append(store, streamId, 4, 4);
    await append(store, streamId, 1, 3);
    await append(store, streamId, 4, 4);
    await append(store, streamId, 5, 9, true);
    expectSame(await rest(store.read(streamId)), entries(1, 9), "the entries");
  },

  "an append that is said again with more behind it loses the more, or doubles the rest": async (
    store,
    trial,
  ) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 3);
    await append(store, streamId, 2, 5);
    await append(store, streamId, 5, 6, true);
    expectSame(await rest(store.read(streamId)), entries(1, 6), "the entries");
  },

  "an append is lost when another process says it again": async (store, trial) => {
    const other = await trial.open();
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 2);
    await append(other, streamId, 1, 2);
    await append(other, streamId, 3, 4);
    await append(store, streamId, 3, 5);
    await append(store, streamId, 6, 6, true);
    expectSame(await rest(store.read(streamId)), entries(1, 6), "the entries");
  },

  "a producer that is no longer the log's writes on": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 2);
    const other = { sequence: 3, frames: frames(3, 3) };
    for (const epoch of [EPOCH - 1, EPOCH + 1]) {
      await expectRefusal(
        store.append(streamId, { ...other, epoch }),
        "LOG_FENCED",
        `epoch ${epoch}`,
      );
    }
    expectSame(await kept(store, streamId, 2), entries(1, 2), "the entries");
  },

  "a hole in the numbers is written as if nothing were missing": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 2);
    await expectRefusal(append(store, streamId, 4, 4), "LOG_FENCED", "one too far");
    await expectRefusal(append(store, streamId, 4, 9), "LOG_FENCED", "some too far");
    await append(store, streamId, 3, 3);
    expectSame(await kept(store, streamId, 3), entries(1, 3), "the entries");
  },

  "something is written behind the end": async (store, trial) => {
    const other = await trial.open();
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 2, true);
    for (const to of [3, 5]) {
      await expectRefusal(append(store, streamId, 3, to), "LOG_FENCED", "append");
      await expectRefusal(append(other, streamId, 3, to), "LOG_FENCED", "append elsewhere");
      await expectRefusal(append(store, streamId, 2, to), "LOG_FENCED", "the end, and more");
    }
    const publication = { publisher: "p", published: 0, frames: ["x"] };
    await expectRefusal(store.publish(streamId, publication), "LOG_FENCED", "publish");
    expectSame(await rest(store.read(streamId)), entries(1, 2), "the entries");
    expectSame((await store.info(streamId))?.lastId, `${EPOCH}-2`, "the newest id");
  },

  "an append to a log that is not there makes one, or hangs": async (store, trial) => {
    const streamId = trial.name();
    const answers = [append(store, streamId, 1, 1), append(store, streamId, 1, 3)];
    for (const answer of answers) {
      await expectRefusal(soon(answer, "append"), "LOG_NOT_FOUND", "append");
    }
    expectSame((await store.info(streamId)) === undefined, true, "whether there is none");
  },

  "logs that are written to at once are mixed up": async (store, trial) => {
    const streamIds = await Promise.all(Array.from({ length: 20 }, () => trial.log(store)));
    await Promise.all(
      streamIds.map(async (streamId) => {
        for (let at = 1; at <= 20; at += 1) await append(store, streamId, at, at, at === 20);
      }),
    );
    for (const streamId of streamIds) {
      expectSame(await rest(store.read(streamId)), entries(1, 20), "the entries");
    }
  },
};
