import { expectRefusal, expectSame, expectThat } from "../check.ts";
import { append, EPOCH, entries, kept, newLog, rest, type Claims } from "./trial.ts";

export const creatingChecks: Claims = {
  "of twenty requests that start the same log at once, one starts it": async (store, trial) => {
    const other = await trial.open();
    const streamId = trial.name();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? store : other).create(streamId, newLog({ epoch: EPOCH + index })),
      ),
    );
    const first = answers.find(({ isNew }) => isNew);
    expectSame(answers.filter(({ isNew }) => isNew).length, 1, "how many are new");
    for (const { info } of answers) expectSame(info, first?.info, "what each is told");
  },

  "a log that is started again is answered as it is, not as it was asked for": async (
    store,
    trial,
  ) => {
    const streamId = trial.name();
    const given = newLog({ owner: "ann", fingerprint: "f1", leaseMs: 60_000 });
    const fresh = await store.create(streamId, given);
    const info = { streamId, owner: "ann", fingerprint: "f1", epoch: EPOCH };
    expectSame(fresh.isNew, true, "isNew");
    expectInfo(fresh.info, { ...info, isHeld: true });
    await append(store, streamId, 1, 2);
    const again = await store.create(streamId, newLog({ owner: "bob", epoch: EPOCH + 1 }));
    expectSame(again.isNew, false, "isNew of the second");
    expectInfo(again.info, { ...info, isHeld: true, lastId: `${EPOCH}-2` });
  },

  "what is known of a log tells how it ended, and that nobody holds it any more": async (
    store,
    trial,
  ) => {
    const streamId = await trial.log(store, { leaseMs: 60_000 });
    await append(store, streamId, 1, 3, true);
    const info = { streamId, epoch: EPOCH, outcome: "completed", isHeld: false };
    expectInfo(await store.info(streamId), { ...info, lastId: `${EPOCH}-3` });
    expectThat((await store.info(trial.name())) === undefined, "nothing is known of no log");
  },

  "a list of somebody's logs shows others', or not the newest first": async (store, trial) => {
    const [ann, bob] = [trial.name(), trial.name()];
    const logs: string[] = [];
    for (let made = 0; made < 6; made += 1) {
      logs.unshift(await trial.log(store, { owner: ann }));
      await trial.log(store, { owner: bob });
      await trial.log(store);
    }
    const [removed] = logs.splice(2, 1);
    await store.remove(removed as string);
    const listed = await store.list(ann);
    expectSame(
      listed.map(({ streamId }) => streamId),
      logs,
      "the logs of an owner",
    );
    expectSame(listed[0], await store.info(logs[0] as string), "what the list tells");
    expectSame(await store.list(trial.name()), [], "the logs of nobody");
  },

  "a log that was removed is still there": async (store, trial) => {
    const streamId = await trial.log(store, { leaseMs: 60_000 });
    await append(store, streamId, 1, 1);
    expectSame(await store.remove(streamId), true, "remove");
    expectSame(await store.remove(streamId), false, "remove again");
    expectThat((await store.info(streamId)) === undefined, "nothing is known of it");
    await expectRefusal(append(store, streamId, 2, 2), "LOG_NOT_FOUND", "append");
    const publication = { publisher: "p", published: 0, frames: ["x"] };
    await expectRefusal(store.publish(streamId, publication), "LOG_NOT_FOUND", "publish");
    const seal = { epoch: EPOCH + 1, frames: ["x"], outcome: "dropped" as const };
    expectSame(await store.seal(streamId, seal), false, "seal");
    const lease = { streamId, epoch: EPOCH, leaseMs: 60_000 };
    expectSame(await store.renew([lease]), [streamId], "what is lost");
    expectThat((await store.info(streamId)) === undefined, "nothing brought it back");
  },

  "a name that was removed brings the old entries back when it is used again": async (
    store,
    trial,
  ) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 5, true);
    await store.remove(streamId);
    expectSame((await store.create(streamId, newLog())).isNew, true, "isNew");
    await append(store, streamId, 1, 2, true);
    expectSame(await rest(store.read(streamId)), entries(1, 2), "what it holds");
  },

  "a name or a text with signs of its own gets lost or mixed up": async (store, trial) => {
    const names = ["a b", "{a}:b*", "ünï-日本語", "a\nb", ":", "meta:x"].map(
      (name) => `${trial.name()}${name}`,
    );
    const texts = ["", "a\r\nb", "data: ü日本語🎉\n\n", "\0", " ", '"\\'];
    for (const name of names) {
      await store.create(name, newLog({ owner: name, fingerprint: name }));
      await store.append(name, { epoch: EPOCH, sequence: 1, frames: texts });
    }
    for (const name of names) {
      const read = await kept(store, name, texts.length);
      expectSame(
        read.map(({ frame }) => frame),
        texts,
        `the texts of ${name}`,
      );
      expectSame(await store.list(name), [await store.info(name)], `the logs of ${name}`);
      expectSame((await store.info(name))?.fingerprint, name, "its fingerprint");
    }
  },
};

/** What is `undefined` may be left out. */
function expectInfo(info: object | undefined, expected: object): void {
  const sorted = (value: object = {}) =>
    Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  expectSame(sorted(info), sorted(expected), "what is known of the log");
}
