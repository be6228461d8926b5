// The demo, in this process, with a browser's page on it.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect, type TestContext } from "vitest";
import { createAnalyst } from "../../examples/stock-analyst/app/analyst.mjs";
import type { ListedRun } from "../../examples/stock-analyst/app/catalog.mjs";
import type { Host } from "../../examples/stock-analyst/hosts/listen.mjs";
import { browserForFile } from "./browser.ts";

export interface Demo {
  host: Host;
  context: BrowserContext;
  page: Page;
  /** Another tab of the same browser, loaded. */
  openTab: () => Promise<Page>;
  /** What went wrong inside the pages: errors, also those that the Content-Security-Policy reports. */
  complaints: string[];
  /** The browser's runs, as `GET /api/runs` tells them, newest first. */
  runs: () => Promise<ListedRun[]>;
}

export interface Pace {
  phaseMs: number;
  wordMs: number;
}

// Quicker than for people, slow enough for a page to show each phase; the endless ones outlast every test.
export const QUICK: Pace = { phaseMs: 120, wordMs: 8 };
export const ENDLESS_PHASE: Pace = { phaseMs: 60_000, wordMs: 0 };
export const ENDLESS_TEXT: Pace = { phaseMs: 10, wordMs: 400 };
/** Words for a second or two: time to do something in mid-answer, and to see the end. */
export const WORDY: Pace = { phaseMs: 10, wordMs: 25 };

/** Answers what uses the demo in the browser of this test file. */
export function demoForFile() {
  const browserFor = browserForFile();
  return (
    hostName: string,
    pace: Pace,
    context: TestContext,
    use: (demo: Demo) => Promise<void>,
  ): Promise<void> => withDemo(browserFor(context), hostName, pace, use);
}

async function withDemo(
  browser: Browser,
  hostName: string,
  pace: Pace,
  use: (demo: Demo) => Promise<void>,
): Promise<void> {
  const { start } = await import(`../../examples/stock-analyst/hosts/${hostName}.mjs`);
  const host: Host = await start(0, { analyst: createAnalyst({ pace, env: {} }) });
  const context = await browser.newContext();
  const complaints: string[] = [];
  try {
    const openTab = () => openPage(context, host.url, complaints);
    const runs = () => listRuns(context, host.url);
    await use({ host, context, page: await openTab(), openTab, complaints, runs });
  } finally {
    await context.close();
    await host.close();
  }
}

export async function openPage(
  context: BrowserContext,
  url: string,
  complaints: string[] = [],
): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** The runs of this browser: its cookie says which. */
export async function listRuns(context: BrowserContext, url: string): Promise<ListedRun[]> {
  const answer = await context.request.get(`${url}/api/runs`);
  return ((await answer.json()) as { runs: ListedRun[] }).runs;
}

export async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel("Ask about five companies").fill(question);
  await page.keyboard.press("Enter");
}

export const outcome = (page: Page) => page.locator("#outcome");
export const notice = (page: Page) => page.locator("#notice");
export const connection = (page: Page) => page.locator("#connection");
export const frames = (page: Page) => page.locator("#frames code").allTextContents();
export const answerText = (page: Page) => page.locator("#text").textContent();

/** The first word of the answer is there. */
export const firstWord = (page: Page) => page.locator("#text .word").first().waitFor();

/** Waits for the end, which must be this. */
export async function endsAs(page: Page, wanted: string): Promise<void> {
  await outcome(page).waitFor();
  expect(await outcome(page).textContent()).toBe(wanted);
}

/** Waits until the server tells that the newest run and its graph are over, and gives that run. */
export async function endedRun(runs: Demo["runs"]): Promise<ListedRun> {
  const ends = async () => {
    const [run] = await runs();
    return [run?.graphEndedAt, run?.endedAt];
  };
  await expect
    .poll(ends, { interval: 10, timeout: 10_000 })
    .toEqual([expect.any(Number), expect.any(Number)]);
  return (await runs())[0]!;
}

/** The text of the page is that of the run's result: each word once, in order. */
export async function isWholeOn(page: Page, url: string, runId: string): Promise<void> {
  const answer = await page.context().request.get(`${url}/api/runs/${runId}`);
  const events = (await answer.text()).matchAll(/^data: (\{.*)$/gm);
  const told = Array.from(
    events,
    ([, json]) => JSON.parse(json!) as { type: string; content?: string },
  );
  const result = told.find(({ type }) => type === "result");
  const chunks = told.flatMap(({ type, content }) => (type === "chunk" ? content! : []));
  expect(chunks.join("")).toBe(result?.content);
  // Paragraphs are elements on the page.
  expect(await answerText(page)).toBe(result?.content?.replaceAll("\n\n", ""));
}

/** The ids of the frames that the page's wire panel shows, as numbers within the run. */
export async function sequenceOf(page: Page): Promise<number[]> {
  const shown = await frames(page);
  return shown.flatMap((frame) => {
    const [, seq] = /^id: \d+-(\d+)$/m.exec(frame) ?? [];
    return seq === undefined ? [] : Number(seq);
  });
}
