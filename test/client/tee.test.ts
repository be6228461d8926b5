import { describe, expect, test } from "vitest";
import { readMessages, tee } from "../../src/client/index.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";
import { nextTurn } from "../helpers/streamed.ts";

const OVER = { done: true, value: undefined };

/** A source whose pulls are answered by hand, and counted. */
function byHand() {
  const pulls: Array<PromiseWithResolvers<IteratorResult<number>>> = [];
  let returned = 0;
  const source: AsyncIterableIterator<number> = {
    [Symbol.asyncIterator]: () => source,
    next() {
      const pull = Promise.withResolvers<IteratorResult<number>>();
      pulls.push(pull);
      return pull.promise;
    },
    return: () => {
      returned += 1;
      // Like a generator that waits: it answers when its pending pull does, which is never.
      return new Promise(() => {});
    },
  };
  return {
    source,
    pulls: () => pulls.length,
    give: (value: number) => pulls.at(-1)?.resolve({ value, done: false }),
    end: () => pulls.at(-1)?.resolve({ value: undefined, done: true }),
    fail: (error: unknown) => pulls.at(-1)?.reject(error),
    returned: () => returned,
  };
}

const item = (value: number) => ({ value, done: false });

describe("tee", () => {
  test("each gets each item once, whatever the pace", async () => {
    const { body } = bodyOf(["data: 1\n\ndata: 2\n\n", "data: 3\n\ndata: [DONE]\n\n"]);
    const stream = readMessages(eventStream(body));
    const read = async (branch: AsyncIterable<{ data: string }>, pauses: number) => {
      const all: string[] = [];
      for await (const { data } of branch) {
        all.push(data);
        for (let n = 0; n < pauses; n += 1) await nextTurn();
      }
      return all;
    };
    const branches = tee(stream, 3);
    const all = await Promise.all(branches.map((branch, index) => read(branch, index)));
    expect(all).toEqual([
      ["1", "2", "3"],
      ["1", "2", "3"],
      ["1", "2", "3"],
    ]);
    expect((await stream.ended).outcome).toBe("completed");
  });

  test("the next item is pulled when both have taken the current one, and not before", async () => {
    const { source, pulls, give } = byHand();
    const [a, b] = tee(source);
    expect(pulls()).toBe(0);
    const first = a.next();
    expect(pulls()).toBe(1);
    give(1);
    expect(await first).toEqual(item(1));
    const second = a.next();
    await nextTurn();
    expect(pulls()).toBe(1);
    expect(await b.next()).toEqual(item(1));
    expect(pulls()).toBe(2);
    give(2);
    expect(await second).toEqual(item(2));
    expect(await b.next()).toEqual(item(2));
    await nextTurn();
    expect(pulls()).toBe(2);
  });

  test("several calls of next() that wait are answered in their order", async () => {
    const { source, give, end } = byHand();
    const a = tee(source, 1)[0] as AsyncIterator<number>;
    const calls = [a.next(), a.next(), a.next(), a.next()];
    give(1);
    await calls[0];
    give(2);
    await calls[1];
    end();
    expect(await Promise.all(calls)).toEqual([item(1), item(2), OVER, OVER]);
  });

  test("who leaves is no longer waited for, and its pending next() ends in the same turn", async () => {
    const { source, pulls, give, returned } = byHand();
    const [a, b] = tee(source);
    const firsts = [a.next(), b.next()];
    give(1);
    await Promise.all(firsts);
    const waiting = b.next();
    const settled: unknown[] = [];
    void waiting.then((result) => settled.push(result));
    void b.return?.();
    await undefined;
    expect(settled).toEqual([OVER]);
    const pending = a.next();
    give(2);
    expect(await pending).toEqual(item(2));
    expect(await b.next()).toEqual(OVER);
    expect([pulls(), returned()]).toEqual([2, 0]);
  });

  test("one that took nothing and leaves frees the other", async () => {
    const { source, pulls, give } = byHand();
    const [a, b] = tee(source);
    const first = a.next();
    give(1);
    await first;
    const second = a.next();
    expect(pulls()).toBe(1);
    await b.return?.();
    expect(pulls()).toBe(2);
    give(2);
    expect(await second).toEqual(item(2));
  });

  test("when all have left, the source is left once, and nobody waits for how it takes that", async () => {
    const { source, returned } = byHand();
    const [a, b] = tee(source);
    const pending = a.next();
    await a.return?.();
    expect(returned()).toBe(0);
    await b.return?.();
    await b.return?.();
    expect(await pending).toEqual(OVER);
    expect(returned()).toBe(1);
  });

  test("what the source throws reaches each once, also one that asks later", async () => {
    const { source, fail } = byHand();
    const [a, b] = tee(source);
    const calls = [a.next(), a.next()];
    fail(new Error("cut"));
    await expect(calls[0]).rejects.toThrow("cut");
    expect(await calls[1]).toEqual(OVER);
    await expect(b.next()).rejects.toThrow("cut");
    expect([await a.next(), await b.next()]).toEqual([OVER, OVER]);
  });

  test("a consumer that throws affects nobody else, and leaving at last closes the connection", async () => {
    const { body, cancelled } = bodyOf(["data: 1\n\n", "data: 2\n\n"], "stays");
    const [a, b] = tee(readMessages(eventStream(body)));
    const broken = async () => {
      for await (const _ of a) throw new Error("in the view");
    };
    const seen: string[] = [];
    const healthy = async () => {
      for await (const { data } of b) {
        seen.push(data);
        if (seen.length === 2) return;
      }
    };
    await Promise.all([expect(broken()).rejects.toThrow("in the view"), healthy()]);
    expect(seen).toEqual(["1", "2"]);
    await nextTurn();
    expect(cancelled()).toBe(1);
  });

  test("a count that is none is refused", () => {
    expect(() => tee(byHand().source, 0)).toThrow(/`count`/);
  });
});
