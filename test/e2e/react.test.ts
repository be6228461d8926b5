import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi, type TestContext } from "vitest";
import { start } from "../../examples/react/server.mjs";
import { launchBrowser } from "../helpers/browser.ts";

let browser: Browser | undefined;
let unavailable = "";

beforeAll(async () => {
  try {
    browser = await launchBrowser();
  } catch (error) {
    if (process.env.CI === "true") throw error;
    unavailable = `no Chromium starts here: ${String(error).split("\n")[0]}`;
  }
});
afterAll(() => browser?.close());

interface Shown {
  page: Page;
  /** Every stream that ended on the server, and how. */
  ended: string[];
  /** What the page asked for, streams only. */
  asked: string[];
}

async function withPage(context: TestContext, use: (shown: Shown) => Promise<void>) {
  if (browser === undefined) return context.skip(unavailable);
  const ended: string[] = [];
  const { url, close } = await start(0, (path, outcome) => ended.push(`${path} ${outcome}`));
  const page = await browser.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/")) asked.push(`${request.method()} ${request.url()}`);
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  try {
    await page.goto(url);
    await use({
      page,
      ended,
      get asked() {
        return asked.map((each) => each.replace(url, ""));
      },
    });
    // Chromium asks every site for its icon.
    expect(complaints.filter((each) => !each.includes("favicon"))).toEqual([]);
  } finally {
    await page.close();
    await close();
  }
}

const lengthOf = async (page: Page) => (await page.textContent("#chat .text"))?.length ?? 0;

describe("a page of React under StrictMode, in a browser", () => {
  test("asks once for the stream that starts by itself, and shows it to its end", (context) =>
    withPage(context, async (shown) => {
      const { page, ended } = shown;
      await expect.poll(() => page.locator("#news li").count(), { interval: 10 }).toBe(3);
      await vi.waitFor(() => expect(ended).toEqual(["/api/news/streams completed"]));
      expect(shown.asked).toEqual(["GET /api/news/streams"]);
    }));

  test("the text grows, and stop ends the work on the server", (context) =>
    withPage(context, async (shown) => {
      const { page, ended } = shown;
      await page.fill("#chat input", "Why?");
      await page.click("text=Ask");
      await expect.poll(() => lengthOf(page), { interval: 10 }).toBeGreaterThan(0);
      const length = await lengthOf(page);
      await expect.poll(() => lengthOf(page), { interval: 10 }).toBeGreaterThan(length);
      await page.click("text=Stop");
      await page.waitForSelector("text=aborted");
      await vi.waitFor(() => expect(ended).toContain("/api/chat aborted"));
      expect(await lengthOf(page)).toBeGreaterThan(length);
      expect(shown.asked.filter((each) => each === "POST /api/chat")).toHaveLength(1);
    }));
});
