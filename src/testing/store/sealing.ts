import type { Seal } from "../../log/store.ts";
import { expectRefusal, expectSame, until } from "../check.ts";
import { append, EPOCH, entries, frames, rest, type Claims } from "./trial.ts";

/** Short, and long enough to be renewed on a busy machine. */
const LEASE_MS = 800;

function lastWords(from: number, epoch = EPOCH + 1_000): Seal {
  return { epoch, frames: frames(from, from + 1), outcome: "dropped" };
}

export const sealingChecks: Claims = {
  "a log that nobody ends goes on for ever": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 3);
    const reading = store.read(streamId, { after: `${EPOCH}-3` });
    const live = rest(reading);
    expectSame(await store.seal(streamId, lastWords(4)), true, "seal");
    const words = entries(4, 5, EPOCH + 1_000);
    expectSame(await live, words, "what a reader that waits is told");
    expectSame(await rest(store.read(streamId)), [...entries(1, 3), ...words], "the entries");
    const info = await store.info(streamId);
    expectSame(info?.outcome, "dropped", "the outcome");
    expectSame(info?.lastId, `${EPOCH + 1_000}-5`, "the newest id");
    expectSame(info?.epoch, EPOCH, "the epoch it was created with");
  },

  "a log without entries cannot be sealed": async (store, trial) => {
    const streamId = await trial.log(store);
    expectSame(await store.seal(streamId, lastWords(1)), true, "seal");
    expectSame(await rest(store.read(streamId)), entries(1, 2, EPOCH + 1_000), "the entries");
  },

  "a producer whose log was sealed writes on": async (store, trial) => {
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 3);
    await store.seal(streamId, lastWords(4));
    await expectRefusal(append(store, streamId, 4, 4), "LOG_FENCED", "one entry");
    await expectRefusal(append(store, streamId, 4, 9, true), "LOG_FENCED", "its end");
    await expectRefusal(append(store, streamId, 6, 6), "LOG_FENCED", "behind the last words");
    const next = { epoch: EPOCH + 1_000, sequence: 6, frames: frames(6, 6) };
    await expectRefusal(store.append(streamId, next), "LOG_FENCED", "whoever sealed it");
    const all = [...entries(1, 3), ...entries(4, 5, EPOCH + 1_000)];
    expectSame(await rest(store.read(streamId)), all, "the entries");
  },

  "of twenty that seal a log at once, more than one says the last words": async (store, trial) => {
    const other = await trial.open();
    const streamId = await trial.log(store);
    await append(store, streamId, 1, 3);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? store : other).seal(streamId, lastWords(4, EPOCH + 1 + index)),
      ),
    );
    expectSame(answers.filter(Boolean).length, 1, "how many sealed it");
    const winner = EPOCH + 1 + answers.indexOf(true);
    const all = [...entries(1, 3), ...entries(4, 5, winner)];
    expectSame(await rest(store.read(streamId)), all, "the entries");
  },

  "a log is sealed under its producer's feet, or after its end": async (store, trial) => {
    const streamId = await trial.log(store, { leaseMs: 60_000 });
    await append(store, streamId, 1, 2);
    expectSame(await store.seal(streamId, lastWords(3)), false, "seal while it is held");
    await append(store, streamId, 3, 4, true);
    expectSame(await store.seal(streamId, lastWords(5)), false, "seal after the end");
    expectSame(await store.seal(trial.name(), lastWords(1)), false, "seal what is not there");
    expectSame(await rest(store.read(streamId)), entries(1, 4), "the entries");
  },

  "a producer is not told which of its logs are lost": async (store, trial) => {
    const held = [await trial.log(store, { leaseMs: 60_000 })];
    held.push(await trial.log(store, { leaseMs: 60_000 }));
    const ended = await trial.log(store, { leaseMs: 60_000 });
    await append(store, ended, 1, 1, true);
    const missing = trial.name();
    const leases = [held[0], ended, missing, held[1]].map((streamId) => ({
      streamId: streamId as string,
      epoch: EPOCH,
      leaseMs: 60_000,
    }));
    expectSame((await store.renew(leases)).toSorted(), [ended, missing].toSorted(), "the lost");
    expectSame(await store.renew([]), [], "the lost of none");
    const stranger = { streamId: held[0] as string, epoch: EPOCH - 1, leaseMs: 60_000 };
    expectSame(await store.renew([stranger]), [held[0]], "what another epoch's producer holds");
    expectSame((await store.info(held[0] as string))?.isHeld, true, "whether it is held");
  },
};

/** Where the lease of a producer that says nothing runs out. */
export const leaseChecks: Claims = {
  "a log whose producer is gone cannot be sealed": async (store, trial) => {
    const other = await trial.open();
    const streamId = await trial.log(store, { leaseMs: LEASE_MS });
    await append(store, streamId, 1, 2);
    expectSame((await other.info(streamId))?.isHeld, true, "whether it is held");
    expectSame(await other.seal(streamId, lastWords(3)), false, "seal while it is held");
    await until(async () => (await other.info(streamId))?.isHeld === false, "the lease runs out");
    expectSame(await other.seal(streamId, lastWords(3)), true, "seal");
    await expectRefusal(append(store, streamId, 3, 3), "LOG_FENCED", "append");
    const lease = { streamId, epoch: EPOCH, leaseMs: LEASE_MS };
    expectSame(await store.renew([lease]), [streamId], "what is lost");
  },

  "a producer that shows that it lives is sealed all the same": async (store, trial) => {
    const streamId = await trial.log(store, { leaseMs: LEASE_MS });
    const lease = { streamId, epoch: EPOCH, leaseMs: 60_000 };
    expectSame(await store.renew([lease]), [], "what is lost");
    // Another lease that is as old tells when the first one would have run out.
    const silent = await trial.log(store, { leaseMs: LEASE_MS });
    await until(async () => (await store.info(silent))?.isHeld === false, "the lease runs out");
    expectSame((await store.info(streamId))?.isHeld, true, "whether it is held");
    expectSame(await store.seal(streamId, lastWords(1)), false, "seal");
  },

  "a lease that ran out and that nobody has missed is lost": async (store, trial) => {
    const streamId = await trial.log(store, { leaseMs: LEASE_MS });
    await append(store, streamId, 1, 1);
    await until(async () => (await store.info(streamId))?.isHeld === false, "the lease runs out");
    expectSame(await store.renew([{ streamId, epoch: EPOCH, leaseMs: 60_000 }]), [], "the lost");
    expectSame((await store.info(streamId))?.isHeld, true, "whether it is held");
    await append(store, streamId, 2, 2, true);
    expectSame(await rest(store.read(streamId)), entries(1, 2), "the entries");
  },
};
