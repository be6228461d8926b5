import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { launchBrowser } from "../helpers/browser.ts";
import { feedServer, type FeedServer } from "../helpers/feed-server.ts";
import { ROOT } from "../helpers/sources.ts";

const HANDOVER_MS = 1_000;

const PAGE = `<!doctype html><title>Prices</title>
<script type="importmap">{ "imports": {
  "ssekit/client": "/dist/client.js",
  "ssekit/client/shared": "/dist/client-shared.js",
  "eventsource-parser": "/parser/index.js"
} }</script>
<script type="module">
  import { connect } from "ssekit/client";
  import { shared } from "ssekit/client/shared";
  globalThis.told = [];
  const stream = shared("prices", (options) =>
    connect("/stream", { ...options, retry: { ...options.retry, reconnectionTimeMs: 10 } }));
  globalThis.stream = stream;
  stream.ended.then(({ outcome }) => (globalThis.outcome = outcome));
  for await (const event of stream) told.push(event.type === "chunk" ? event.content.trim() : event.type);
</script>`;

/** The page, and the built package for its imports. */
function serveFiles({ url = "/" }: IncomingMessage, response: ServerResponse): void {
  const [, folder = "", file = ""] = url.split("/");
  const from = { dist: "dist", parser: "node_modules/eventsource-parser/dist" }[folder];
  if (url === "/hello") return void response.end("hello");
  if (url === "/") return void response.setHeader("content-type", "text/html").end(PAGE);
  if (!from) return void response.writeHead(404).end();
  response.setHeader("content-type", "text/javascript");
  response.end(readFileSync(join(ROOT, from, basename(file))));
}

let browser: Browser | undefined;
let unavailable = "";
let server: FeedServer;
let context: BrowserContext | undefined;

beforeAll(async () => {
  try {
    browser = await launchBrowser();
  } catch (error) {
    if (process.env.CI === "true") throw error;
    unavailable = `no Chromium starts here: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
    process.stderr.write(`test/e2e skipped, ${unavailable}\n`);
  }
});
afterAll(() => browser?.close());
beforeEach(async (given) => {
  if (!browser) return given.skip(unavailable);
  server = await feedServer({ others: serveFiles });
  context = await browser.newContext();
});
afterEach(async () => {
  await context?.close();
  await server.close();
});

async function openPage(): Promise<Page> {
  const page = await (context as BrowserContext).newPage();
  await page.goto(server.url);
  return page;
}

const toldTo = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
const range = (to: number) => Array.from({ length: to }, (_, index) => `${index + 1}`);
const allTold = (pages: Page[], wanted: string[]) =>
  vi.waitFor(async () => {
    for (const told of await Promise.all(pages.map(toldTo))) expect(told).toEqual(wanted);
  }, 10_000);

test("eight pages over HTTP/1.1 share one connection, and a ninth ordinary request is answered", async () => {
  const pages: Page[] = [];
  for (let n = 0; n < 8; n += 1) pages.push(await openPage());
  server.tell(3);
  await allTold(pages, range(3));
  expect(server.asked).toEqual([undefined]);
  expect(server.open()).toBe(1);
  const answer = await pages[7]!.evaluate(async () => (await fetch("/hello")).text());
  expect(answer).toBe("hello");
}, 60_000);

test.each([
  ["is closed", (page: Page) => page.close()],
  ["crashes", (page: Page) => void page.goto("chrome://crash").catch(() => {})],
  ["navigates away", (page: Page) => page.goto("about:blank")],
])(
  "the page that holds the connection %s: the others miss nothing and repeat nothing",
  async (_, kill) => {
    const pages = [await openPage()];
    await vi.waitFor(() => expect(server.open()).toBe(1), 5_000);
    pages.push(await openPage(), await openPage());
    server.tell(5);
    await allTold(pages, range(5));
    const [leader, ...others] = pages as [Page, Page, Page];
    const killedAt = performance.now();
    await kill(leader);
    server.tell(5);
    await vi.waitFor(() => expect(server.asked).toHaveLength(2), { timeout: 5_000, interval: 5 });
    const tookMs = performance.now() - killedAt;
    await allTold(others, range(10));
    await vi.waitFor(() => expect(server.open()).toBe(1));
    // One request for each tab that led, and each behind what it had been told.
    expect(server.asked[0]).toBeUndefined();
    expect(Number(server.asked[1]?.split("-")[1])).toBeGreaterThanOrEqual(5);
    expect(tookMs).toBeLessThan(HANDOVER_MS);
    console.log(`handover in ${Math.round(tookMs)} ms`);

    server.end();
    await allTold(others, [...range(10), "result"]);
    const late = await openPage();
    await allTold([late], [...range(10), "result"]);
    await late.waitForFunction(() => "outcome" in globalThis);
    expect(server.asked).toHaveLength(2);
  },
  60_000,
);

// A headless browser neither keeps pages nor freezes them: it is told the page as they would tell it.
test.each([
  ["in the browser's cache", "pagehide", "pageshow"],
  ["frozen", "freeze", "resume"],
])(
  "a page that is %s holds nothing: another leads, and it catches up when it goes on",
  async (_, stop, goOn) => {
    const pages = [await openPage()];
    await vi.waitFor(() => expect(server.open()).toBe(1), 5_000);
    pages.push(await openPage());
    server.tell(2);
    await allTold(pages, range(2));
    const [cached, other] = pages as [Page, Page];
    const tell = (page: Page, name: string) =>
      page.evaluate((type) => {
        const event = new PageTransitionEvent(type, { persisted: true });
        (type.startsWith("page") ? window : document).dispatchEvent(event);
      }, name);
    await tell(cached, stop);
    const held = await cached.evaluate(async () => (await navigator.locks.query()).held?.length);
    await vi.waitFor(() => expect(server.asked).toHaveLength(2), 5_000);
    expect(held).toBe(1);
    server.tell(2);
    await allTold([other], range(4));
    expect(await toldTo(cached)).toEqual(range(2));
    await tell(cached, goOn);
    await allTold(pages, range(4));
    await other.close();
    server.tell(2);
    await allTold([cached], range(6));
  },
  60_000,
);
