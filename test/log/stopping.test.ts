import { describe, expect, test } from "vitest";
import type { RunEnd, Runs, RunsOptions } from "../../src/log/index.ts";
import { createRuns } from "../../src/log/index.ts";
import type { BaseEvents, Outcome, Session } from "../../src/index.ts";
import { aborted } from "../helpers/time.ts";
import { backendOf, BACKENDS } from "./stores.ts";

const asked = (headers: Record<string, string> = {}) =>
  new Request("http://local/runs", { headers });

describe.each(Object.entries(BACKENDS))("on %s", (_, begin) => {
  const { open, closing } = backendOf(begin);

  const process = async (options: Partial<RunsOptions<BaseEvents>> = {}) => {
    const ends: Array<{ outcome: Outcome; end: RunEnd }> = [];
    const runs = createRuns({
      store: await open(),
      cancelAfterMs: 1,
      onEnd: (outcome, end) => ends.push({ outcome, end }),
      ...options,
    });
    closing.push(() => runs.close());
    return { runs, ends };
  };

  /** Works until somebody stops it. */
  const working = () => {
    const stopped = Promise.withResolvers<unknown>();
    const producer = async (stream: Session<BaseEvents>) => {
      await stream.chunk("partial");
      stopped.resolve(await aborted(stream.signal));
    };
    return { producer, reason: stopped.promise };
  };

  describe.each(["continue", "cancel"] as const)("with onDisconnect: %s", (onDisconnect) => {
    test.each(["here", "elsewhere"])(
      "a stop from %s stops the work, and its readers are told so",
      async (where) => {
        const [here, elsewhere] = [await process(), await process()];
        const { producer, reason } = working();
        const run = await here.runs.start(producer, { onDisconnect });
        const response = await run.respond(asked());
        const stopper = where === "here" ? here : elsewhere;
        expect(await stopper.runs.stop(run.id)).toBe(true);
        expect(await reason).toMatchObject({ code: "STOPPED" });
        const text = await response.text();
        expect(text).toMatch(
          /data: {"type":"error","message":"The stream was stopped.","code":"ABORTED"}\n\nid: \d+-3\ndata: \[DONE\]\n\n$/,
        );
        await run.ended;
        expect(here.ends).toMatchObject([
          { outcome: "aborted", end: { text: "partial", error: { code: "STOPPED" } } },
        ]);
        expect(await elsewhere.runs.get(run.id)).toMatchObject({
          state: "ended",
          outcome: "aborted",
        });
        expect(await stopper.runs.stop(run.id)).toBe(false);
      },
    );
  });

  test("the last reader leaves a run that continues: nothing happens to it", async () => {
    const { runs, ends } = await process();
    const { producer } = working();
    const run = await runs.start(producer, { onDisconnect: "continue" });
    await (await run.respond(asked())).body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect([ends, await runs.get(run.id)]).toMatchObject([[], { state: "running" }]);
    await run.stop();
  });

  test("the last reader leaves a run that cancels: its work is stopped, with the reason", async () => {
    const { runs, ends } = await process();
    const { producer, reason } = working();
    const run = await runs.start(producer, { onDisconnect: "cancel" });
    const [first, second] = [await run.respond(asked()), await run.respond(asked())];
    await first.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(ends).toEqual([]);
    await second.body?.cancel();
    expect(await reason).toMatchObject({ code: "READER_LEFT" });
    await run.ended;
    expect(ends).toMatchObject([
      { outcome: "aborted", end: { text: "partial", error: { code: "READER_LEFT" } } },
    ]);
  });

  test("a reader that comes back in time keeps a run that cancels", async () => {
    const { runs, ends } = await process({ cancelAfterMs: 400 });
    const { producer } = working();
    const run = await runs.start(producer, { onDisconnect: "cancel" });
    await (await run.respond(asked())).body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const back = await run.respond(asked());
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(ends).toEqual([]);
    await run.stop();
    expect(await back.text()).toContain("ABORTED");
  });

  test("20 starts with one key, over two processes, are one run; another body is refused", async () => {
    const [one, two] = [await process(), await process()];
    let calls = 0;
    const producer = () => ({ content: `${(calls += 1)}` });
    const start = (runs: Runs, body: unknown = { message: "a" }) =>
      runs.start(producer, { key: "k", owner: "ada", body });
    const runs = await Promise.all(
      Array.from({ length: 20 }, (__, n) => start(n % 2 === 0 ? one.runs : two.runs)),
    );
    const ids = new Set(runs.map(({ id }) => id));
    expect([calls, ids.size, runs.filter(({ isNew }) => isNew).length]).toEqual([1, 1, 1]);
    const texts = await Promise.all(runs.map(async (run) => (await run.respond(asked())).text()));
    expect(new Set(texts).size).toBe(1);
    await expect(start(two.runs, { message: "b" })).rejects.toMatchObject({
      code: "RUN_CONFLICT",
      status: 409,
    });
    // The key is its owner's: another's is another run.
    const other = await two.runs.start(producer, { key: "k", owner: "eve" });
    expect(ids.has(other.id)).toBe(false);
    expect([...ids].join()).not.toMatch(/ada|k$/);
  });

  test("runs are listed for their owner, newest first, and nobody else finds them", async () => {
    const { runs } = await process();
    const owner = crypto.randomUUID();
    const first = await runs.start(() => ({ content: "a" }), { owner });
    await first.ended;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { producer } = working();
    const second = await runs.start(producer, { owner });
    expect(await runs.list({ owner })).toMatchObject([
      { id: second.id, state: "running", outcome: undefined },
      { id: first.id, state: "ended", outcome: "completed" },
    ]);
    expect(await runs.list({ owner: "nobody" })).toEqual([]);
    for (const target of [{ owner: "eve" }, {}]) {
      expect(await runs.get(first.id, target)).toBeUndefined();
      await expect(runs.stop(second.id, target)).rejects.toMatchObject({ code: "LOG_NOT_FOUND" });
      const refused = await runs.respond(asked(), { id: first.id, ...target });
      expect(refused.status).toBe(404);
    }
    await second.stop();
  });

  test("the hook hears of every ending once, with the text so far and the newest of each event", async () => {
    const { runs, ends } = await process();
    const run = await runs.start(async (stream) => {
      stream.status("reading");
      stream.status("writing");
      await stream.chunk("so ");
      await stream.chunk("far");
      throw new Error("the model is gone");
    });
    await run.ended;
    expect(ends).toMatchObject([
      {
        outcome: "failed",
        end: {
          id: run.id,
          text: "so far",
          counts: { accepted: 5, delivered: 5 },
          latest: { status: { status: "writing" }, error: { code: "INTERNAL" } },
          error: new Error("the model is gone"),
        },
      },
    ]);
    const text = await (await run.respond(asked())).text();
    expect(text).not.toContain("the model is gone");
    expect(await runs.get(run.id)).toMatchObject({ outcome: "failed" });
  });

  test("a reader whose right is revoked is told so, and its run goes on", async () => {
    let isAllowed = true;
    const { runs, ends } = await process({ revalidateMs: 50, revalidate: () => isAllowed });
    const { producer } = working();
    const run = await runs.start(producer);
    const response = await run.respond(asked());
    await new Promise((resolve) => setTimeout(resolve, 200));
    isAllowed = false;
    const text = await response.text();
    expect(text).toMatch(
      /\n\ndata: {"type":"error","message":"You may no longer read this.","code":"UNAUTHORIZED"}\n\ndata: \[DONE\]\n\n$/,
    );
    expect(ends).toEqual([]);
    await run.stop();
  });

  test("a check of rights that fails sends the reader to the door once more", async () => {
    const { runs } = await process({
      revalidateMs: 50,
      revalidate: () => Promise.reject(new Error("the database is away")),
    });
    const run = await runs.start(working().producer);
    const text = await (await run.respond(asked())).text();
    expect(text).toMatch(/\n\nretry: \d+\ndata: {"type":"rotate"}\n\n$/);
    expect(text).not.toContain("database");
    await run.stop();
  });
});
