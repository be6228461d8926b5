import { afterEach, describe, expect, test } from "vitest";
import type { LogStore, RunEnd, Runs, RunsOptions } from "../../src/log/index.ts";
import { createRuns, memoryStore } from "../../src/log/index.ts";
import type { BaseEvents, Outcome, Session } from "../../src/index.ts";
import { nextTurn, payloads } from "../helpers/streamed.ts";
import { HOSTS } from "./served.ts";

const all: Array<Runs> = [];
afterEach(() => {
  for (const runs of all.splice(0)) runs.close();
});

function runsOf(options: Partial<RunsOptions<BaseEvents>> = {}) {
  const ends: Array<RunEnd & { outcome: Outcome }> = [];
  const onEnd = (outcome: Outcome, end: RunEnd) => void ends.push({ ...end, outcome });
  const runs = createRuns({ store: memoryStore(), onEnd, ...options });
  all.push(runs);
  return { runs, ends };
}

const asked = (path = "/runs", headers: Record<string, string> = {}, method = "GET") =>
  new Request(`http://local${path}`, { headers, method });

const three = async (stream: Session<BaseEvents>) => {
  stream.status("analyzing");
  await stream.chunk("Hello ");
  await stream.chunk("world");
  return { content: "Hello world" };
};

describe("a run", () => {
  test("is told to whoever asks, with an id for each event, to the terminal", async () => {
    const { runs } = runsOf();
    const run = await runs.start(three);
    const response = await run.respond(asked("/runs", {}, "POST"));
    expect(response.headers.get("content-location")).toBe(`/runs/${run.id}`);
    const text = await response.text();
    expect(text.replaceAll(/id: \d+-/g, "id: E-")).toBe(
      ": open heartbeatMs=15000\n\n" +
        'id: E-1\ndata: {"type":"status","status":"analyzing"}\n\n' +
        'id: E-2\ndata: {"type":"chunk","content":"Hello "}\n\n' +
        'id: E-3\ndata: {"type":"chunk","content":"world"}\n\n' +
        'id: E-4\ndata: {"type":"result","content":"Hello world"}\n\n' +
        "id: E-5\ndata: [DONE]\n\n",
    );
  });

  test("keeps its serverless function alive until it has ended, also without a reader, and once for each", async () => {
    const held: Array<Promise<unknown>> = [];
    const { runs, ends } = runsOf({ waitUntil: (end) => void held.push(end) });
    const work = Promise.withResolvers<void>();
    const options = { key: "one" };
    const started = await runs.start(() => work.promise, options);
    await runs.start(() => work.promise, options);
    expect(held.length).toBe(1);
    let isOver = false;
    const over = held[0]?.then(() => (isOver = true));
    await (await started.respond(asked())).body?.cancel();
    await nextTurn();
    expect([isOver, ends.length]).toEqual([false, 0]);
    work.resolve();
    await over;
    // What was noted at the end is noted, and the log has the terminal.
    expect(ends.map(({ outcome }) => outcome)).toEqual(["completed"]);
    expect(await (await started.respond(asked())).text()).toMatch(/data: \[DONE\]\n\n$/);

    const failing = await runs.start(() => Promise.reject(new Error("no")));
    await expect(held[1]).resolves.toMatchObject({ outcome: "failed" });
    expect(failing.id).not.toBe(started.id);
  });

  test("is read again from its start, from any place, and from its end there is nothing", async () => {
    const { runs } = runsOf();
    const run = await runs.start(three);
    const whole = await (await run.respond(asked())).text();
    const ids = [...whole.matchAll(/^id: (.*)$/gm)].map(([, id = ""]) => id);
    expect(await (await run.respond(asked())).text()).toBe(whole);
    const at = (id = "") => runs.respond(asked("/", { "last-event-id": id }), { id: run.id });
    for (const id of ids.slice(0, -1)) {
      const behind = whole.split(`id: ${id}\n`)[1]?.split("\n\n").slice(1).join("\n\n");
      expect(await (await at(id)).text()).toBe(`: open heartbeatMs=15000\n\n${behind}`);
    }
    const last = await at(ids.at(-1));
    expect([last.status, await last.text()]).toEqual([204, ""]);
  });

  test("goes on when its only reader leaves", async () => {
    const { runs, ends } = runsOf();
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = await runs.start(async (stream) => {
      await stream.chunk("a");
      await promise;
      await stream.chunk("b");
    });
    const reader = (await run.respond(asked())).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    resolve();
    await run.ended;
    expect(ends).toMatchObject([{ outcome: "completed", text: "ab", id: run.id }]);
    const text = await (await runs.respond(asked(), { id: run.id })).text();
    expect(payloads(text.replaceAll(/^id: .*\n/gm, ""))).toHaveLength(3);
    await nextTurn();
  });
});

describe("a run that ends while somebody comes", () => {
  test.each(Object.entries(HOSTS))(
    "on %s its reader is let go, also when nothing is left to tell",
    async (_, serve) => {
      const memory = memoryStore();
      let lag = 0;
      // What is known of a log may be a moment old: then the reader waits for more, and there is none.
      const store = Object.assign(Object.create(memory) as LogStore, {
        info: async (streamId: string) => {
          const info = await memory.info(streamId);
          lag -= 1;
          return info && lag >= 0 ? { ...info, outcome: undefined, isHeld: true } : info;
        },
      });
      const { runs } = runsOf({ store });
      const run = await runs.start(three);
      await run.ended;
      const { url, close } = await serve({
        reply: (request) => runs.reply(request, { id: run.id }),
      });
      const ids = [...(await (await fetch(url)).text()).matchAll(/^id: (.*)$/gm)];
      lag = 1;
      const response = await fetch(url, { headers: { "last-event-id": ids.at(-1)?.[1] ?? "" } });
      expect(await response.text()).toBe(": open heartbeatMs=15000\n\n");
      await close();
    },
  );
});
