import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  answerText,
  ask,
  demoForFile,
  endedRun,
  endsAs,
  ENDLESS_PHASE,
  ENDLESS_TEXT,
  firstWord,
  frames,
  isWholeOn,
  notice,
  QUICK,
  WORDY,
} from "../helpers/demo.ts";

const PHASES = ["analyzing", "planning", "retrieving", "synthesizing"];
const STOP_LIMIT_MS = 300;

const withDemo = demoForFile();

interface Seen {
  phases: string[];
  lengths: number[];
}

/** Lets the page note each phase that it shows and each length that its text has. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: Seen = { phases: [], lengths: [0] };
    Object.assign(globalThis, { seen });
    const note = () => {
      const active = document.querySelector<HTMLElement>('#phases [data-state="active"]');
      const phase = active?.dataset["phase"];
      if (phase !== undefined && seen.phases.at(-1) !== phase) seen.phases.push(phase);
      const length = document.querySelector('#text[aria-busy="true"]')?.textContent?.length ?? 0;
      if (length > (seen.lengths.at(-1) ?? 0)) seen.lengths.push(length);
    };
    const all = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver(note).observe(document.body, all);
  });
}

describe.each(["express", "hono", "node"])("the demo page on %s", (hostName) => {
  test("answers a question: phases one after another, growing text, plot, figures, sources, literal frames", (context) =>
    withDemo(hostName, QUICK, context, async ({ page, complaints, runs }) => {
      await watch(page);
      await ask(page, "Amazon or Google, 2005 to 2008?");
      await endsAs(page, "completed");

      const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
      expect(seen.phases).toEqual(PHASES);
      expect(seen.lengths.length).toBeGreaterThan(6);
      expect(await page.locator('#phases [data-state="done"]').count()).toBe(4);

      expect(await answerText(page)).toContain("Google did better than Amazon");
      expect(await page.locator("#plot .line").count()).toBe(2);
      expect(await page.locator("#figures tbody tr").count()).toBe(2);
      expect(await page.locator("#sources li").allTextContents()).toEqual([
        expect.stringContaining("Amazon (AMZN)"),
        expect.stringContaining("Google (GOOG)"),
      ]);
      expect(await page.locator("#sources").textContent()).toContain("not investment advice");

      const wire = await frames(page);
      expect(wire.slice(0, 5)).toEqual([
        expect.stringMatching(/^POST \/api\/runs\nIdempotency-Key: \S+$/),
        expect.stringMatching(/^200 text\/event-stream\nContent-Location: \/api\/runs\/\w+$/),
        ": open heartbeatMs=2000",
        expect.stringMatching(
          /^id: \d+-1\ndata: \{"type":"asked","question":"Amazon or Google, 2005 to 2008\?",/,
        ),
        expect.stringMatching(
          /^id: \d+-2\ndata: \{"type":"status","status":"analyzing","at":\d+\}$/,
        ),
      ]);
      const statuses = wire.flatMap((frame) => /"status":"(\w+)"/.exec(frame)?.[1] ?? []);
      expect(statuses).toEqual(PHASES);
      const chunks = wire.filter((frame) =>
        /^id: \d+-\d+\ndata: \{"type":"chunk","content":"/.test(frame),
      );
      expect(chunks.length).toBeGreaterThan(5);
      expect(wire.at(-2)).toMatch(/^id: .*\ndata: \{"type":"result","content":"From January 2005/);
      expect(wire.at(-1)).toMatch(/^id: \d+-\d+\ndata: \[DONE\]$/);

      const run = await endedRun(runs);
      expect(run).toMatchObject({ state: "completed", abortedAt: null, errorId: null });
      expect(complaints).toEqual([]);
    }));

  test("the stop button ends the graph within 300 ms", (context) =>
    withDemo(hostName, ENDLESS_TEXT, context, async ({ page, runs, host }) => {
      await ask(page, "Compare all five");
      await firstWord(page);
      expect(host.activeRuns()).toBe(1);
      const clickedAt = await page.evaluate(() => {
        document.querySelector<HTMLButtonElement>("#stop")!.click();
        return Date.now();
      });
      const run = await endedRun(runs);
      expect(run.state).toBe("aborted");
      const nodes = ["analyze", "plan", "retrieve", "synthesize"];
      expect(run.nodes!.map(({ name }) => name)).toEqual(nodes);
      expect(run.nodes!.at(-1)!.endedAt! - clickedAt).toBeLessThan(STOP_LIMIT_MS);
      expect(run.graphEndedAt! - clickedAt).toBeLessThan(STOP_LIMIT_MS);
      expect(host.activeRuns()).toBe(0);
      await endsAs(page, "stopped");
      expect(await notice(page).textContent()).toContain("The run on the server has ended");
      const wire = await frames(page);
      expect(wire).toContainEqual(expect.stringMatching(/^DELETE \/api\/runs\/\w+$/));
      expect(wire).toContain('200 {"stopped":true}');
      expect(wire).toContainEqual(expect.stringMatching(/data: \[DONE\]$/));
      expect(await page.locator("#submit").isVisible()).toBe(true);
    }));

  test("Escape in an early phase ends the graph before any later node", (context) =>
    withDemo(hostName, ENDLESS_PHASE, context, async ({ page, runs }) => {
      await ask(page, "Compare all five");
      await page.locator('[data-phase="analyzing"][data-state="active"]').waitFor();
      await page.keyboard.press("Escape");
      const run = await endedRun(runs);
      expect(run).toMatchObject({ state: "aborted", nodes: [{ name: "analyze" }] });
      expect(run.nodes).toHaveLength(1);
      await endsAs(page, "stopped");
    }));

  test("closing the tab ends no run: its answer is there, whole, for the next tab", (context) =>
    withDemo(hostName, WORDY, context, async ({ page, runs, host, openTab }) => {
      await ask(page, "Compare all five");
      await firstWord(page);
      await page.close();
      expect(await endedRun(runs)).toMatchObject({ state: "completed", abortedAt: null });
      const next = await openTab();
      expect(await next.locator("#asked").textContent()).toBe("The answer grows here");
      await next.getByRole("button", { name: /^completed Compare all five/ }).click();
      await endsAs(next, "completed");
      await isWholeOn(next, host.url, (await runs())[0]!.id);
    }));

  test("another question leaves the run before it at work, and the page shows the new one alone", (context) =>
    withDemo(hostName, QUICK, context, async ({ page, runs }) => {
      await ask(page, "Compare all five");
      await firstWord(page);
      await ask(page, "How did Tesla do?");
      await endsAs(page, "completed");
      expect(await answerText(page)).toMatch(/^I have no prices of Tesla\./);
      expect((await frames(page)).filter((frame) => frame.includes('"type":"prices"'))).toEqual([]);
      const states = async () => (await runs()).map(({ state }) => state);
      await expect.poll(states).toEqual(["completed", "completed"]);
    }));

  test("a bad question shows the server's refusal and starts no run", (context) =>
    withDemo(hostName, QUICK, context, async ({ page, runs }) => {
      await ask(page, "   ");
      await endsAs(page, "failed");
      expect(await notice(page).textContent()).toContain("Ask a question");
      expect(await notice(page).textContent()).toContain("HTTP 400");
      expect((await frames(page))[1]).toMatch(/^400 application\/json/);
      expect(await runs()).toEqual([]);
    }));

  test("connections that are cut in mid-answer cost a wait and no word", (context) =>
    withDemo(hostName, WORDY, context, async ({ page, host, runs }) => {
      await ask(page, "Compare all five");
      await firstWord(page);
      host.server.closeAllConnections();
      await endsAs(page, "completed");
      await isWholeOn(page, host.url, (await runs())[0]!.id);
      const back = (await frames(page)).find((frame) => frame.startsWith("GET "));
      expect(back).toMatch(/^GET \/api\/runs\/\w+\nLast-Event-ID: \d+-\d+$/);
    }));

  test("a server that is closed stops its runs and tells their readers so", (context) =>
    withDemo(hostName, ENDLESS_TEXT, context, async ({ page, host }) => {
      await ask(page, "Compare all five");
      await firstWord(page);
      await host.close();
      await endsAs(page, "stopped");
      expect((await frames(page)).at(-1)).toMatch(/data: \[DONE\]$/);
      expect(await notice(page).textContent()).toContain("Stopped elsewhere.");
      expect(host.activeRuns()).toBe(0);
    }));
});
