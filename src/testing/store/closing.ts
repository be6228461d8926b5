import { expectSame, sleep, soon, until } from "../check.ts";
import type { Claims } from "./trial.ts";

export const closingChecks: Claims = {
  "whoever produces a log is not told that it should stop": async (store, trial) => {
    const other = await trial.open();
    const heard: string[] = [];
    const ends = [store, other].map((one, index) =>
      one.onStopRequest((streamId) => heard.push(`${index} ${streamId}`)),
    );
    // Whoever answers this has begun to listen before.
    for (const one of [store, other]) await one.info(trial.name());
    const [first, second] = [trial.name(), trial.name()];
    await store.requestStop(first);
    await until(() => heard.length >= 2, "both hear of it");
    await other.requestStop(second);
    await until(() => heard.length >= 4, "both hear of the other, too");
    const all = [first, second].flatMap((streamId) => [`0 ${streamId}`, `1 ${streamId}`]);
    expectSame(heard.toSorted(), all.toSorted(), "what was heard");
    for (const end of ends) end();
    await store.requestStop(trial.name());
    await sleep(50);
    expectSame(heard.length, 4, "how much is heard after that");
  },

  "a reader waits for ever when the store is closed": async (store, trial) => {
    const streamId = await trial.log(store);
    const readings = Array.from({ length: 3 }, () => store.read(streamId));
    const waiting = readings.map((reading) => reading.next());
    await sleep(50);
    await soon(store.close(), "close()");
    for (const wait of waiting) expectSame(await soon(wait, "next()"), { done: true }, "next()");
    await soon(store.close(), "close() again");
  },
};
