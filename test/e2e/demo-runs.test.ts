// The demo's page and server together: what survives a reload, a second tab, a stop, the end.
import { describe, expect, test } from "vitest";
import {
  answerText,
  ask,
  demoForFile,
  connection,
  endedRun,
  endsAs,
  ENDLESS_TEXT,
  firstWord,
  frames,
  isWholeOn,
  notice,
  QUICK,
  sequenceOf,
  WORDY,
} from "../helpers/demo.ts";

const withDemo = demoForFile();

const QUESTION = "Compare all five";

describe.each(["express", "hono", "node"])("a run of the demo on %s", (hostName) => {
  test("goes on after a reload in mid-answer, behind the last event: each token once, in order", (context) =>
    withDemo(hostName, WORDY, context, async ({ page, host, runs, complaints }) => {
      await ask(page, QUESTION);
      await firstWord(page);
      await page.reload();
      // What was there is there at once; the server was asked for the rest alone.
      expect(await page.locator("#asked").textContent()).toBe(QUESTION);
      expect(await answerText(page)).not.toBe("");
      expect(await page.locator("#plot .line").count()).toBe(5);
      await connection(page).getByText("The page was reloaded.").waitFor();
      await endsAs(page, "completed");
      await isWholeOn(page, host.url, (await runs())[0]!.id);
      const [back] = await frames(page);
      const [, place] = /^GET \/api\/runs\/\w+\nLast-Event-ID: \d+-(\d+)$/.exec(back!) ?? [];
      const shown = await sequenceOf(page);
      expect(shown).toEqual(Array.from(shown, (_, index) => Number(place) + 1 + index));
      expect(await runs()).toHaveLength(1);
      expect(await page.locator('#phases [data-state="done"]').count()).toBe(4);
      expect(complaints).toEqual([]);
    }));

  test("is joined by a second tab, which gets all of it", (context) =>
    withDemo(hostName, WORDY, context, async ({ page, host, runs, openTab, complaints }) => {
      await ask(page, QUESTION);
      await firstWord(page);
      const second = await openTab();
      await connection(second).getByText("This answer was running.").waitFor();
      expect(await second.locator("#asked").textContent()).toBe(QUESTION);
      await Promise.all([endsAs(page, "completed"), endsAs(second, "completed")]);
      const [run] = await runs();
      await isWholeOn(page, host.url, run!.id);
      await isWholeOn(second, host.url, run!.id);
      const all = await sequenceOf(second);
      expect(all).toEqual(Array.from(all, (_, index) => index + 1));
      expect(await second.locator("#plot .line").count()).toBe(5);
      expect(await runs()).toHaveLength(1);
      expect(complaints).toEqual([]);
    }));

  test("that is stopped in one tab is told as stopped, not failed, in the other", (context) =>
    withDemo(hostName, ENDLESS_TEXT, context, async ({ page, runs, openTab, host }) => {
      await ask(page, QUESTION);
      await firstWord(page);
      const second = await openTab();
      await firstWord(second);
      await second.locator("#stop").press("Enter");
      await Promise.all([endsAs(page, "stopped"), endsAs(second, "stopped")]);
      // Whoever stops it by keyboard can go on by keyboard.
      expect(await second.evaluate(() => document.activeElement?.id)).toBe("question");
      expect(await notice(second).textContent()).toContain("has ended, for every tab");
      expect(await notice(page).textContent()).toContain("Stopped elsewhere.");
      expect(await endedRun(runs)).toMatchObject({ state: "aborted" });
      expect(host.activeRuns()).toBe(0);
      await page.getByRole("button", { name: /^stopped Compare all five/ }).waitFor();
    }));
});

describe("the list of runs", () => {
  test("a finished answer is opened from it, and replays as it was", (context) =>
    withDemo("node", QUICK, context, async ({ page, host, runs }) => {
      await ask(page, "How did Tesla do?");
      await endsAs(page, "completed");
      await ask(page, "How did Apple do since 2005?");
      await endsAs(page, "completed");
      const times = await page.locator("#phases .time").allTextContents();
      await page.getByRole("button", { name: /How did Tesla do/ }).click();
      await expect.poll(() => answerText(page)).toMatch(/^I have no prices of Tesla/);
      expect(await page.locator("#figures").isVisible()).toBe(false);
      await page.getByRole("button", { name: /completed How did Apple do/ }).click();
      await endsAs(page, "completed");
      await expect.poll(() => answerText(page)).toMatch(/^Apple/);
      await isWholeOn(page, host.url, (await runs())[0]!.id);
      // As long as it took then, not as long as it takes to tell it again.
      expect(await page.locator("#phases .time").allTextContents()).toEqual(times);
      expect((await frames(page))[0]).toMatch(/^GET \/api\/runs\/\w+$/);
      expect(await page.locator("#runs [aria-current]").textContent()).toContain("Apple");
      expect(await runs()).toHaveLength(2);
    }));

  test("an open tab learns of what another one asks", (context) =>
    withDemo("node", ENDLESS_TEXT, context, async ({ page, openTab }) => {
      const idle = await openTab();
      await ask(page, QUESTION);
      const row = idle.getByRole("button", { name: /^running Compare all five/ });
      await row.click();
      await firstWord(idle);
      expect(await idle.locator("#asked").textContent()).toBe(QUESTION);
      await idle.keyboard.press("Escape");
      await Promise.all([endsAs(idle, "stopped"), endsAs(page, "stopped")]);
    }));

  test("another browser neither sees nor reads nor stops what is not its own", (context) =>
    withDemo("node", ENDLESS_TEXT, context, async ({ page, host, runs, context: own }) => {
      await ask(page, QUESTION);
      await firstWord(page);
      const [run] = await runs();
      const other = await own.browser()!.newContext();
      const theirs = await other.newPage();
      await theirs.goto(host.url);
      await theirs.getByText("What you ask is listed here.").waitFor();
      expect(await theirs.locator("#asked").textContent()).toBe("The answer grows here");
      const url = `${host.url}/api/runs/${run!.id}`;
      expect((await other.request.get(url)).status()).toBe(404);
      expect((await other.request.delete(url)).status()).toBe(404);
      expect(host.activeRuns()).toBe(1);
      await other.close();
    }));
});

describe("a question that is sent", () => {
  test("before a reload and again after it is one run", (context) =>
    withDemo("node", ENDLESS_TEXT, context, async ({ page, runs, context: own }) => {
      // The server gets the question, and the page is loaded again before the answer's head is there.
      const heard = Promise.withResolvers<void>();
      await own.route("**/api/runs", async (route) => {
        if (route.request().method() !== "POST") return route.continue();
        await route.fetch({ timeout: 300 }).catch(() => {});
        heard.resolve();
        await route.abort().catch(() => {});
      });
      await ask(page, QUESTION);
      await heard.promise;
      await own.unroute("**/api/runs");
      await page.reload();
      await firstWord(page);
      expect(await page.locator("#asked").textContent()).toBe(QUESTION);
      expect((await frames(page))[0]).toMatch(/^POST /);
      expect(await runs()).toHaveLength(1);
    }));
});
