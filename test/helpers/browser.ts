import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { browserPath } from "./browser-path.ts";

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts a real Chromium: the machine's own when it has one, else the one from npm.
 *
 * @throws when neither starts; the message says why.
 */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await browserPath(),
    args: ARGS,
    chromiumSandbox: false,
  });
}

/**
 * One Chromium for all tests of a file. What it answers gives it to a test, or skips the test where none starts; in CI
 * (`CI=true`) that is a failure.
 */
export function browserForFile(): (context: TestContext) => Browser {
  let browser: Browser | undefined;
  let unavailable = "";
  beforeAll(async () => {
    try {
      browser = await launchBrowser();
    } catch (error) {
      if (process.env["CI"] === "true") throw error;
      unavailable = `no Chromium starts here: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
      process.stderr.write(`skipped, ${unavailable}\n`);
    }
  });
  afterAll(() => browser?.close());
  return (context) => browser ?? context.skip(unavailable);
}
