import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { launchBrowser } from "../helpers/browser.ts";
import { native } from "./native.ts";
import type { Order, Outcomes } from "./page.ts";
import { conformanceServer, type ConformanceServer } from "./server.ts";
import { deviations, knownIn, type Deviation } from "./subject.ts";

const MINUTES_MS = 180_000;

let server: ConformanceServer;
let browser: Browser | undefined;
let page: Page;
let unavailable = "";

beforeAll(async () => {
  try {
    browser = await launchBrowser();
  } catch (error) {
    if (process.env.CI === "true") throw error;
    unavailable = `no Chromium starts here: ${String(error).split("\n")[0]}`;
    process.stderr.write(`${unavailable}\n`);
    return;
  }
  const { outputFiles } = await build({
    entryPoints: [new URL("page.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  server = await conformanceServer({
    "/": {
      type: "text/html",
      text: '<!doctype html><meta charset="utf-8"><script src="/checks.js"></script>',
    },
    "/checks.js": { type: "text/javascript", text: outputFiles[0]!.text },
    "/favicon.ico": { type: "image/png", text: "" },
  });
});
beforeAll(async () => {
  if (!browser) return;
  page = await browser.newPage();
  await page.goto(`${server.origin}/`);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const IN = {
  page: (order: Order) =>
    page.evaluate(
      (it) => (globalThis as unknown as { runAll: (it: Order) => Promise<Outcomes> }).runAll(it),
      order,
    ),
  worker: (order: Order) =>
    page.evaluate(
      (it) =>
        new Promise<Outcomes>((resolve, reject) => {
          const worker = new Worker("/checks.js");
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.onmessage = ({ data }) => resolve(data as Outcomes);
          worker.postMessage(it);
        }),
      order,
    ),
  "shared worker": (order: Order) =>
    page.evaluate(
      (it) =>
        new Promise<Outcomes>((resolve, reject) => {
          const worker = new SharedWorker("/checks.js");
          worker.onerror = () => reject(new Error("the shared worker failed"));
          worker.port.onmessage = ({ data }) => resolve(data as Outcomes);
          worker.port.postMessage(it);
        }),
      order,
    ),
};

/** What failed and may not, and what is listed and did not fail as it is listed. */
function surprises(outcomes: Outcomes, known: Record<string, Deviation>): string[] {
  return Object.entries(outcomes).flatMap(([name, said]) => {
    const { seen } = known[name] ?? {};
    if (seen === undefined) return said === null ? [] : [`${name}: ${said}`];
    return said?.includes(seen)
      ? []
      : [`${name}, which is listed as "${seen}": ${said ?? "holds"}`];
  });
}

// How lines end is the same code everywhere: Node has tried it.
const MOST = [
  "format",
  "fields",
  "http",
  "reconnect",
  "life",
  "surface",
  "handlers",
  "origins",
  "init",
];
const FEW = ["life", "surface", "handlers", "origins"];
const ofPage = knownIn("page", deviations);
const ofWorker = knownIn("worker", deviations);

const cases = [
  { which: "native", where: "page", can: ["browser", "document", "native"], known: native },
  { which: "native", where: "worker", can: ["browser", "native"], known: native, groups: FEW },
  {
    which: "native",
    where: "shared worker",
    can: ["browser", "native"],
    known: native,
    groups: FEW,
  },
  {
    which: "subject",
    where: "page",
    can: ["browser", "document", "init"],
    known: ofPage,
    groups: MOST,
  },
  { which: "subject", where: "worker", can: ["browser", "init"], known: ofWorker, groups: FEW },
] as const;

describe.each(cases)(
  "EventSource of Chromium: $which, in a $where",
  ({ which, where, can, known, ...rest }) => {
    test(
      "does what the checks ask for, and differs where it is listed only",
      { timeout: MINUTES_MS },
      async (context: TestContext) => {
        if (browser === undefined) return context.skip(unavailable);
        const groups = "groups" in rest ? { groups: [...rest.groups] } : {};
        const order: Order = {
          which,
          foreignOrigin: server.foreignOrigin,
          can: [...can],
          known: Object.keys(known),
          ...groups,
        };
        const outcomes = await IN[where](order);
        expect(Object.keys(outcomes).length).toBeGreaterThan(40);
        expect(surprises(outcomes, known)).toEqual([]);
      },
    );
  },
);
