// The demo page in the middle of an answer, on a server that can be come back to.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import type { Options, ReplayingDemo } from "./replaying-demo.ts";
import { startReplayingDemo } from "./replaying-demo.ts";

export type { Options };

export const status = (phase: string) => ({ type: "status", status: phase });
export const chunk = (content: string) => ({ type: "chunk", content });
const MONTHS = ["2005-01", "2005-02", "2005-03"];
const BEGINNING = [
  status("analyzing"),
  status("planning"),
  status("retrieving"),
  {
    type: "prices",
    months: MONTHS,
    series: [{ symbol: "AAPL", name: "Apple", prices: [38, 45, 42] }],
    drawdown: null,
  },
  {
    type: "figures",
    rows: [
      {
        symbol: "AAPL",
        name: "Apple",
        totalReturn: 0.1,
        annualReturn: null,
        volatility: null,
        maxDrawdown: 0.07,
      },
    ],
  },
  status("synthesizing"),
  chunk("Apple rose "),
  chunk("from 38 "),
];
export const BEGUN = "Apple rose from 38 ";
const WHOLE = "Apple rose from 38 to 42 dollars.";
export const REST = [
  chunk("to 42 "),
  chunk("dollars."),
  { type: "result", content: WHOLE, sources: [], disclaimer: "No advice." },
  { type: "done" },
];

export interface Scene {
  demo: ReplayingDemo;
  page: Page;
  context: BrowserContext;
  /** All that the line about the connection has said since the page was loaded. */
  told: () => Promise<string[]>;
}

/** The page, in the middle of an answer: its beginning is there. */
export async function midAnswer(
  browser: Browser,
  options: Options,
  use: (scene: Scene) => Promise<void>,
): Promise<void> {
  const demo = await startReplayingDemo({ retryMs: 20, ...options });
  const context = await browser.newContext();
  // The longest draw, every time: a wait that is left out is seen to be.
  await context.addInitScript(() => (Math.random = () => 0.999));
  await context.addInitScript(noteWhatIsTold);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  const told = () =>
    page.evaluate(() => (globalThis as unknown as { told: string[] }).told.slice());
  try {
    await page.goto(demo.url);
    await page.getByLabel("Ask about five companies").fill("How did Apple do?");
    await page.keyboard.press("Enter");
    await expect.poll(demo.readers, { interval: 5 }).toBe(1);
    demo.tell(...BEGINNING);
    await text(page, BEGUN);
    await use({ demo, page, context, told });
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
    await demo.close();
  }
}

/** Runs in the page, before the page's own script. */
function noteWhatIsTold(): void {
  const told: string[] = [];
  Object.assign(globalThis, { told });
  const note = () => {
    const line = document.querySelector<HTMLElement>("#connection:not([hidden])");
    const words = [...(line?.children ?? [])].map((part) => part.textContent).join(" ");
    if (words !== "" && told.at(-1) !== words) told.push(words);
  };
  const all = { subtree: true, childList: true, attributes: true };
  new MutationObserver(note).observe(document, all);
}

/** The line that tells how the connection is. */
export const connection = (page: Page) => page.locator("#connection");

/** Waits until the answer's text is this. */
export async function text(page: Page, wanted: string): Promise<void> {
  await expect
    .poll(() => page.locator("#text").textContent(), { interval: 10, timeout: 5_000 })
    .toBe(wanted);
}

/** Waits for the end, and looks whether everything is there, once, and was asked for once. */
export async function isWhole({ page, demo }: Scene): Promise<void> {
  await page.locator("#outcome").waitFor();
  expect(await page.locator("#outcome").textContent()).toBe("completed");
  await text(page, WHOLE);
  expect(await page.locator('#phases [data-state="done"]').count()).toBe(4);
  expect(await page.locator("#plot .line").count()).toBe(1);
  expect(await page.locator("#figures tbody tr").count()).toBe(1);
  expect(await connection(page).isVisible()).toBe(false);
  const frames = await page.locator("#frames code").allTextContents();
  const ids = frames.flatMap((frame) => /^id: (\S+)/.exec(frame)?.[1] ?? []);
  expect(ids).toEqual([...new Set(ids)]);
  expect(demo.asked.map(({ route }) => route).filter((route) => route.startsWith("POST"))).toEqual([
    "POST /api/runs",
  ]);
}

/** Lets the page think that it is seen, or not. Answers when that was. */
export function setVisibility(page: Page, state: "visible" | "hidden"): Promise<number> {
  return page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    return Date.now();
  }, state);
}
