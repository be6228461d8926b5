import type { Page } from "playwright-core";
import { describe, expect, test, type TestContext } from "vitest";
import { createAnalyst } from "../../examples/stock-analyst/app/analyst.mjs";
import type { Host } from "../../examples/stock-analyst/hosts/listen.mjs";
import type { Run } from "../../examples/stock-analyst/app/runs.mjs";
import { browserForFile } from "../helpers/browser.ts";

const PHASES = ["analyzing", "planning", "retrieving", "synthesizing"];
const STOP_LIMIT_MS = 300;
// Quicker than for people, slow enough for a page to show each phase; the endless ones outlast every test.
const QUICK = { phaseMs: 120, wordMs: 8 };
const ENDLESS_PHASE = { phaseMs: 60_000, wordMs: 0 };
const ENDLESS_TEXT = { phaseMs: 10, wordMs: 400 };

const browserFor = browserForFile();

interface Demo {
  host: Host;
  page: Page;
  /** What went wrong inside the page: errors, also those that the Content-Security-Policy reports. */
  complaints: string[];
  /** The newest run, as `GET /api/runs` tells it. */
  newestRun: () => Promise<Run | undefined>;
}

async function withDemo(
  hostName: string,
  pace: { phaseMs: number; wordMs: number },
  context: TestContext,
  use: (demo: Demo) => Promise<void>,
): Promise<void> {
  const browser = browserFor(context);
  const { start } = await import(`../../examples/stock-analyst/hosts/${hostName}.mjs`);
  const host: Host = await start(0, { analyst: createAnalyst({ pace, env: {} }) });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const newestRun = async () => {
    const answer = await fetch(`${host.url}/api/runs`);
    return ((await answer.json()) as { runs: Run[] }).runs[0];
  };
  try {
    await page.goto(host.url);
    await watch(page);
    await use({ host, page, complaints, newestRun });
  } finally {
    await page.close();
    await host.close();
  }
}

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

async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel("Ask about five companies").fill(question);
  await page.keyboard.press("Enter");
}

const outcome = (page: Page) => page.locator("#outcome");
const frames = (page: Page) => page.locator("#frames code").allTextContents();

/** Waits until the server tells that the graph of the newest run is over, and gives that run. */
async function endedRun(newestRun: Demo["newestRun"]): Promise<Run> {
  await expect
    .poll(async () => (await newestRun())?.graphEndedAt, { interval: 10 })
    .toBeTypeOf("number");
  await expect.poll(async () => (await newestRun())?.state, { interval: 10 }).not.toBe("running");
  return (await newestRun())!;
}

describe.each(["express", "hono", "node"])("the demo page on %s", (hostName) => {
  test("answers a question: phases one after another, growing text, plot, figures, sources, literal frames", (context) =>
    withDemo(hostName, QUICK, context, async ({ page, complaints, newestRun }) => {
      await ask(page, "Amazon or Google, 2005 to 2008?");
      await outcome(page).waitFor();
      expect(await outcome(page).textContent()).toBe("completed");

      const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
      expect(seen.phases).toEqual(PHASES);
      expect(seen.lengths.length).toBeGreaterThan(6);
      expect(await page.locator('#phases [data-state="done"]').count()).toBe(4);

      expect(await page.locator("#text").textContent()).toContain("Google did better than Amazon");
      expect(await page.locator("#plot .line").count()).toBe(2);
      expect(await page.locator("#figures tbody tr").count()).toBe(2);
      expect(await page.locator("#sources li").allTextContents()).toEqual([
        expect.stringContaining("Amazon (AMZN)"),
        expect.stringContaining("Google (GOOG)"),
      ]);
      expect(await page.locator("#sources").textContent()).toContain("not investment advice");

      const wire = await frames(page);
      expect(wire.slice(0, 4)).toEqual([
        "POST /api/chat",
        expect.stringMatching(/^200 text\/event-stream/),
        ": open heartbeatMs=2000",
        'data: {"type":"status","status":"analyzing"}',
      ]);
      expect(wire.filter((frame) => frame.includes('"type":"status"'))).toEqual(
        PHASES.map((phase) => `data: {"type":"status","status":"${phase}"}`),
      );
      expect(
        wire.filter((frame) => frame.startsWith('data: {"type":"chunk","content":"')).length,
      ).toBeGreaterThan(5);
      expect(wire.at(-2)).toMatch(/^data: \{"type":"result","content":"From January 2005/);
      expect(wire.at(-1)).toBe("data: [DONE]");

      expect(await endedRun(newestRun)).toMatchObject({
        state: "completed",
        abortedAt: null,
        errorId: null,
      });
      expect(complaints).toEqual([]);
    }));

  test("the stop button ends the graph within 300 ms", (context) =>
    withDemo(hostName, ENDLESS_TEXT, context, async ({ page, newestRun, host }) => {
      await ask(page, "Compare all five");
      await page.locator("#text .word").first().waitFor();
      expect(host.activeRuns()).toBe(1);
      const clickedAt = await page.evaluate(() => {
        document.querySelector<HTMLButtonElement>("#stop")!.click();
        return Date.now();
      });
      const run = await endedRun(newestRun);
      expect(run).toMatchObject({ state: "aborted" });
      expect(run.nodes.map(({ name }) => name)).toEqual([
        "analyze",
        "plan",
        "retrieve",
        "synthesize",
      ]);
      expect(run.nodes.at(-1)!.endedAt! - clickedAt).toBeLessThan(STOP_LIMIT_MS);
      expect(run.graphEndedAt! - clickedAt).toBeLessThan(STOP_LIMIT_MS);
      expect(host.activeRuns()).toBe(0);
      await outcome(page).waitFor();
      expect(await outcome(page).textContent()).toBe("aborted");
      expect(await page.locator("#submit").isVisible()).toBe(true);
    }));

  test("Escape in an early phase ends the graph before any later node", (context) =>
    withDemo(hostName, ENDLESS_PHASE, context, async ({ page, newestRun }) => {
      await ask(page, "Compare all five");
      await page.locator('[data-phase="analyzing"][data-state="active"]').waitFor();
      await page.keyboard.press("Escape");
      const run = await endedRun(newestRun);
      expect(run).toMatchObject({ state: "aborted", nodes: [{ name: "analyze" }] });
      expect(run.nodes).toHaveLength(1);
      await expect.poll(() => outcome(page).textContent()).toBe("aborted");
    }));

  test("closing the tab ends the graph within 300 ms", (context) =>
    withDemo(hostName, ENDLESS_TEXT, context, async ({ page, newestRun }) => {
      await ask(page, "Compare all five");
      await page.locator("#text .word").first().waitFor();
      const closedAt = Date.now();
      await page.close();
      const run = await endedRun(newestRun);
      expect(run.state).toBe("aborted");
      expect(run.graphEndedAt! - closedAt).toBeLessThan(STOP_LIMIT_MS);
    }));

  test("another question ends the one before it, and the page shows the new one alone", (context) =>
    withDemo(hostName, QUICK, context, async ({ page, host }) => {
      await ask(page, "Compare all five");
      await page.locator("#text .word").first().waitFor();
      await ask(page, "How did Tesla do?");
      await outcome(page).waitFor();
      expect(await page.locator("#text").textContent()).toMatch(/^I have no prices of Tesla\./);
      expect((await frames(page)).filter((frame) => frame.includes('"type":"prices"'))).toEqual([]);
      const answer = await fetch(`${host.url}/api/runs`);
      const { runs } = (await answer.json()) as { runs: Run[] };
      expect(runs.map(({ state }) => state)).toEqual(["completed", "aborted"]);
    }));

  test("a bad question shows the server's refusal and starts no run", (context) =>
    withDemo(hostName, QUICK, context, async ({ page, newestRun }) => {
      await ask(page, "   ");
      await outcome(page).waitFor();
      expect(await outcome(page).textContent()).toBe("failed");
      const notice = await page.locator("#notice").textContent();
      expect(notice).toContain("Ask a question");
      expect(notice).toContain("HTTP 400");
      expect((await frames(page))[1]).toMatch(/^400 application\/json/);
      expect(await newestRun()).toBeUndefined();
    }));

  test("a server that goes away mid-answer is told as a cut, not as an answer", (context) =>
    withDemo(hostName, ENDLESS_TEXT, context, async ({ page, host }) => {
      await ask(page, "Compare all five");
      await page.locator("#text .word").first().waitFor();
      host.server.closeAllConnections();
      await outcome(page).waitFor();
      expect(["dropped", "truncated"]).toContain(await outcome(page).textContent());
      expect(await page.locator("#notice").textContent()).toContain("The connection was cut.");
    }));

  test("a server that shuts down tells its readers so, and does not wait for their answers", (context) =>
    withDemo(hostName, ENDLESS_TEXT, context, async ({ page, host }) => {
      await ask(page, "Compare all five");
      await page.locator("#text .word").first().waitFor();
      await host.close();
      await outcome(page).waitFor();
      expect(await outcome(page).textContent()).toBe("aborted");
      expect((await frames(page)).at(-1)).toBe("data: [DONE]");
      expect(await page.locator("#notice").textContent()).toContain("The server stopped");
      expect(host.activeRuns()).toBe(0);
    }));
});
