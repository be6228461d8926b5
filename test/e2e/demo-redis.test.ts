// The demo on Redis, two processes behind one port: a page reads on while one of them is killed.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { browserForFile } from "../helpers/browser.ts";
import {
  answerText,
  ask,
  connection,
  endsAs,
  firstWord,
  isWholeOn,
  listRuns,
  notice,
  openPage,
  sequenceOf,
} from "../helpers/demo.ts";
import type { DemoProcess } from "../helpers/demo-process.ts";
import { slowModel, startDemo } from "../helpers/demo-process.ts";
import type { RedisServer } from "../helpers/redis-server.ts";
import { hasRedis, startRedis } from "../helpers/redis-server.ts";

/** Twice the lease of the demo, and the way to the page. */
const TOLD_WITHIN_MS = 12_000;

const isThere = hasRedis();
const browserFor = browserForFile();
let redis: RedisServer;
beforeAll(async () => {
  if (isThere) redis = await startRedis();
});
afterAll(() => redis?.stop());

interface Scene {
  demo: DemoProcess;
  page: Page;
  openTab: () => Promise<Page>;
  finish: () => void;
  /** The process that is at work on the newest run, and the other one. */
  processes: () => Promise<{ producer: number; other: number }>;
  newestId: () => Promise<string>;
}

/** In mid-answer, of two processes. */
async function midAnswer(task: TestContext, args: string[], use: (scene: Scene) => Promise<void>) {
  const browser = browserFor(task);
  const { env, finish } = await slowModel();
  const all = { ...env, REDIS_URL: redis.url };
  const demo = await startDemo(["--port", "0", ...args], all);
  const context = await browser.newContext();
  const openTab = () => openPage(context, demo.url);
  const newest = async () => (await listRuns(context, demo.url))[0]!;
  try {
    const page = await openTab();
    await ask(page, "How did Apple do?");
    await firstWord(page);
    await use({
      demo,
      page,
      openTab,
      finish,
      processes: async () => {
        const both = /processes (\d+) and (\d+)/.exec(demo.said())!.slice(1).map(Number);
        const producer = (await newest()).process!;
        return { producer, other: both.find((pid) => pid !== producer)! };
      },
      newestId: async () => (await newest()).id,
    });
  } finally {
    // Or the last run would be waited for when the demo ends.
    finish();
    await context.close();
  }
}

describe.skipIf(!isThere)("two instances of the demo on Redis", { timeout: 60_000 }, () => {
  test("a killed process that was not at work costs a page at most a wait: each token once, in order", (task) =>
    midAnswer(task, ["--instances", "2"], async (scene) => {
      const { demo, page, openTab, finish, newestId } = scene;
      expect(demo.said()).toContain("kept in Redis (REDIS_URL)");
      expect(demo.said()).not.toContain("need Redis");
      const second = await openTab();
      await firstWord(second);
      const { other } = await scene.processes();
      process.kill(other, "SIGKILL");
      await expect.poll(demo.said, { timeout: 10_000 }).toContain(`Process ${other} is gone`);
      finish();
      for (const tab of [page, second]) {
        await endsAs(tab, "completed");
        await isWholeOn(tab, demo.url, await newestId());
      }
      const all = await sequenceOf(page);
      expect(all).toEqual(Array.from(all, (_, index) => index + 1));
    }));

  test("a killed producer is told within the lease, and the page offers to ask again", (task) =>
    midAnswer(task, ["--instances", "2"], async ({ demo, page, openTab, finish, processes }) => {
      const second = await openTab();
      await firstWord(second);
      const killed = (await processes()).producer;
      const before = await answerText(page);
      process.kill(killed, "SIGKILL");
      const killedAt = Date.now();
      for (const tab of [page, second]) {
        await tab.locator("#outcome").waitFor({ timeout: TOLD_WITHIN_MS });
        await endsAs(tab, "failed");
        expect(await notice(tab).textContent()).toContain(
          "The process that wrote this answer is gone.",
        );
        // What it told is not taken back.
        expect(await answerText(tab)).toContain(before!.trim());
      }
      expect(Date.now() - killedAt).toBeLessThan(TOLD_WITHIN_MS);
      await expect.poll(demo.said, { timeout: 10_000 }).toContain(`Process ${killed} is gone`);
      finish();
      await page.getByRole("button", { name: "Ask again" }).click();
      await endsAs(page, "completed");
    }));

  test("a stop reaches the producer from whichever process hears of it", (task) =>
    midAnswer(task, ["--instances", "2"], async ({ page, openTab }) => {
      // Each connection may be another process's: some of these stop from afar.
      for (let round = 0; round < 3; round += 1) {
        const second = await openTab();
        await firstWord(second);
        await second.locator("#stop").click();
        await endsAs(second, "stopped");
        await endsAs(page, "stopped");
        expect(await notice(page).textContent()).toContain("Stopped elsewhere.");
        await second.close();
        await ask(page, `How did Apple do in 200${round + 2}?`);
        await firstWord(page);
      }
    }));
});

describe.skipIf(!isThere)("one instance of the demo on Redis", { timeout: 60_000 }, () => {
  test("ended in mid-answer and started anew: it finishes first, and the next one tells the page the rest", (task) =>
    midAnswer(task, [], async ({ demo, page, finish, newestId }) => {
      const id = await newestId();
      finish();
      expect(await demo.end()).toBe(0);
      await connection(page).getByText("Coming back").waitFor();
      await startDemo(["--port", demo.port], { REDIS_URL: redis.url });
      await endsAs(page, "completed");
      await isWholeOn(page, demo.url, id);
    }));

  test("a Redis that is not there is told in one sentence", async () => {
    const start = startDemo(["--port", "0"], { REDIS_URL: "redis://:secret@127.0.0.1:1" });
    await expect(start).rejects.toThrow("Redis does not answer at REDIS_URL (127.0.0.1:1)");
    await expect(start).rejects.not.toThrow("secret");
  });
});
