import { expectRefusal, expectSame } from "../check.ts";
import { EPOCH, entries, frame, frames, kept, type Claims } from "./trial.ts";

export const publishingChecks: Claims = {
  "what is published gets no numbers, or not in order": async (store, trial) => {
    const streamId = await trial.log(store);
    const publisher = trial.name();
    await store.publish(streamId, { publisher, published: 0, frames: frames(1, 1) });
    await store.publish(streamId, { publisher, published: 1, frames: frames(2, 300) });
    expectSame(await kept(store, streamId, 300), entries(1, 300), "the entries");
    expectSame((await store.info(streamId))?.lastId, `${EPOCH}-300`, "the newest id");
  },

  "what was published and said again is kept twice": async (store, trial) => {
    const other = await trial.open();
    const streamId = await trial.log(store);
    const publisher = trial.name();
    await store.publish(streamId, { publisher, published: 0, frames: frames(1, 3) });
    await store.publish(streamId, { publisher, published: 0, frames: frames(1, 3) });
    await other.publish(streamId, { publisher, published: 0, frames: frames(1, 3) });
    await store.publish(streamId, { publisher, published: 2, frames: frames(3, 4) });
    await store.publish(streamId, { publisher, published: 4, frames: frames(5, 5) });
    await store.publish(streamId, { publisher, published: 1, frames: frames(2, 3) });
    await store.publish(streamId, { publisher, published: 5, frames: frames(6, 6) });
    expectSame(await kept(store, streamId, 6), entries(1, 6), "the entries");
  },

  "of many that publish at once, some lose an event, or their order": async (store, trial) => {
    const stores = [store, await trial.open()];
    const streamId = await trial.log(store);
    await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const publisher = trial.name();
        for (let published = 0; published < 30; published += 3) {
          const texts = [0, 1, 2].map((more) => frame(index * 1_000 + published + more));
          const publication = { publisher, published, frames: texts };
          await stores[index % 2]?.publish(streamId, publication);
          // Each other one is said twice.
          if (published % 2) await stores[index % 2]?.publish(streamId, publication);
        }
      }),
    );
    const read = await kept(store, streamId, 180);
    expectSame(
      read.map(({ id }) => id),
      entries(1, 180).map(({ id }) => id),
      "the ids",
    );
    for (let index = 0; index < 6; index += 1) {
      const texts = frames(index * 1_000, index * 1_000 + 29);
      const own = read.flatMap(({ frame: text }) => (texts.includes(text) ? [text] : []));
      expectSame(own, texts, `what publisher ${index} said`);
    }
  },

  "a publication to a log that is not there makes one, or hangs": async (store, trial) => {
    const publication = { publisher: trial.name(), published: 0, frames: frames(1, 1) };
    await expectRefusal(store.publish(trial.name(), publication), "LOG_NOT_FOUND", "publish");
  },
};
