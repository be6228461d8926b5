import { expectRefusal, expectSame, expectThat, sleep, soon } from "../check.ts";
import { append, EPOCH, entries, frame, frames, rest, take, type Claims } from "./trial.ts";

const AT_ONCE_MS = 250;
const OVER = { done: true };

export const readingChecks: Claims = {
  "a reader is not told that the log has ended": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 700);
    const early = store.read(streamId);
    expectSame(await take(early, 700), entries(1, 700), "the backlog");
    const live = early.next();
    await append(store, streamId, 701, 702, true);
    expectSame(await soon(live, "the end"), { value: lastBatch(701, 702), done: false }, "live");
    expectSame(await soon(early.next(), "over"), OVER, "after the end");
    const late: unknown[] = [];
    for await (const { outcome } of store.read(streamId)) late.push(outcome);
    const told = late.findIndex((outcome) => outcome !== undefined);
    expectSame(told, late.length - 1, "which batch says that it is the last");
  },

  "a reader that has read all of a log that has ended waits for ever": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 3, true);
    for (const after of [`${EPOCH}-3`, `${EPOCH}-9`, `${EPOCH + 1}-1`]) {
      const reading = store.read(streamId, { after });
      expectSame(await soon(reading.next(), `behind ${after}`), OVER, "next");
    }
  },

  "a reader that is ahead of the log is told what it has read already": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 3);
    const ahead = rest(store.read(streamId, { after: `${EPOCH}-5` }));
    for (let at = 4; at <= 8; at += 1) await append(store, streamId, at, at, at === 8);
    expectSame(await ahead, entries(6, 8), "what it is told");
  },

  "a reader that leaves while it waits goes on waiting": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 1);
    for (const isPatient of [false, true]) {
      const reading = store.read(streamId, { after: `${EPOCH}-1` });
      const waiting = reading.next();
      if (isPatient) await sleep(50);
      await reading.return?.();
      expectSame(await soon(waiting, "return()", AT_ONCE_MS), OVER, "the next() that waits");
      expectSame(await soon(reading.next(), "next()", AT_ONCE_MS), OVER, "the next one");
    }
  },

  "a reader whose signal aborts goes on waiting, or throws": async (store, trial) => {
    const streamId = await trial.log(store);
    for (const isPatient of [false, true]) {
      const leaving = new AbortController();
      const reading = store.read(streamId, { signal: leaving.signal });
      const waiting = reading.next();
      if (isPatient) await sleep(50);
      leaving.abort(new Error("it left"));
      expectSame(await soon(waiting, "the signal", AT_ONCE_MS), OVER, "the next() that waits");
      const late = store.read(streamId, { signal: leaving.signal });
      expectSame(await soon(late.next(), "the signal", AT_ONCE_MS), OVER, "one that comes late");
    }
  },

  "a reader of a log that is not there waits for ever": async (store, trial) => {
    const never = store.read(trial.name());
    await expectRefusal(never.next(), "LOG_NOT_FOUND", "a log that never was");
    expectSame(await soon(never.next(), "next()"), OVER, "after the refusal");
    const after = store.read(trial.name(), { after: `${EPOCH}-3` });
    await expectRefusal(after.next(), "LOG_NOT_FOUND", "behind an id");
  },

  "a reader of a log that is removed waits for ever": async (store, trial) => {
    const other = await trial.open();
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 2);
    const readings = [store, store, other].map((one) => one.read(streamId));
    const between = store.read(streamId);
    for (const reading of [...readings, between]) await take(reading, 2);
    const waiting = readings.map((reading) => reading.next());
    for (const wait of waiting) wait.catch(() => {});
    await sleep(50);
    await store.remove(streamId);
    for (const wait of waiting) await expectRefusal(wait, "LOG_NOT_FOUND", "one that waits");
    await expectRefusal(between.next(), "LOG_NOT_FOUND", "one that asks later");
  },

  "a slow reader loses what a quick one gets": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 1);
    const [slow, quick] = [store.read(streamId), store.read(streamId)];
    const [slowFirst, quickFirst] = [await take(slow, 1), await take(quick, 1)];
    const quickRest = rest(quick);
    // More than any window of what is newest.
    for (let from = 2; from <= 8_001; from += 1_000)
      await append(store, streamId, from, from + 999);
    const first = await slow.next();
    await append(store, streamId, 8_002, 8_002, true);
    const all = entries(1, 8_002);
    expectSame([...quickFirst, ...(await quickRest)], all, "the quick one");
    const slowRest = [...(first.value?.entries ?? []), ...(await rest(slow))];
    expectSame([...slowFirst, ...slowRest], all, "the slow one");
  },

  "readers of many logs are told of each other's": async (store, trial) => {
    const streamIds = await Promise.all(Array.from({ length: 30 }, () => trial.log(store)));
    const readers = streamIds.map((streamId) => rest(store.read(streamId)));
    for (let at = 1; at <= 5; at += 1) {
      for (const [index, streamId] of streamIds.entries()) {
        const text = frame(index * 100 + at);
        const outcome = at === 5 ? ("completed" as const) : undefined;
        await store.append(streamId, { epoch: EPOCH, sequence: at, frames: [text], outcome });
      }
    }
    for (const [index, got] of (await Promise.all(readers)).entries()) {
      const texts = got.map(({ frame: text }) => text);
      expectSame(texts, frames(index * 100 + 1, index * 100 + 5), `the reader of log ${index}`);
    }
  },

  "what one reader does with its entries is seen by another": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 3, true);
    const { value } = await store.read(streamId).next();
    expectThat(value !== undefined, "there is a batch");
    (value?.entries as unknown[] | undefined)?.splice(0);
    expectSame(await rest(store.read(streamId)), entries(1, 3), "the other reader");
  },
};

function lastBatch(from: number, to: number) {
  return { entries: entries(from, to), outcome: "completed" };
}
