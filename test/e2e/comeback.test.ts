import { describe, expect, test, type TestContext } from "vitest";
import { browserForFile } from "../helpers/browser.ts";
import {
  BEGUN,
  chunk,
  connection,
  isWhole,
  midAnswer as inBrowser,
  REST,
  setVisibility,
  status,
  text,
  type Options,
  type Scene,
} from "../helpers/mid-answer.ts";

const browserFor = browserForFile();
const midAnswer = (task: TestContext, options: Options, use: (scene: Scene) => Promise<void>) =>
  inBrowser(browserFor(task), options, use);

describe("the demo page on a server that can be come back to", () => {
  test("a server that is restarted in mid-answer costs a wait and no word", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page, told } = scene;
      await demo.kill();
      await connection(page).getByText("The server cannot be reached.").waitFor();
      await expect
        .poll(async () => (await told()).join("\n"), { interval: 10 })
        .toMatch(/^The server cannot be reached\. Coming back in \d s, attempt \d+$/m);
      expect(await page.locator("#text").textContent()).toBe(BEGUN);
      await demo.restart();
      await connection(page).getByText("Connected again.").waitFor();
      expect(demo.asked.at(-1)).toMatchObject({
        route: "GET /runs/1",
        lastEventId: expect.stringMatching(/^\d+-8$/),
      });
      demo.tell(...REST);
      await isWhole(scene);
      expect((await told())[0]).toMatch(/^Connecting/);
    }));

  test("what a server told while its reader was away is there when it is back", (task) =>
    midAnswer(task, {}, async (scene) => {
      scene.demo.cut();
      scene.demo.tell(...REST);
      await isWhole(scene);
      expect((await scene.told()).join("\n")).toContain("The connection was cut.");
    }));

  test("a tab that slept while its connection was ended goes on when it wakes", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page, context } = scene;
      // A lifecycle of `frozen` is taken and does nothing in a headless shell. The debugger holds all that a page
      // runs by: scripts, timers, and what a fetch brings.
      const devtools = await context.newCDPSession(page);
      await devtools.send("Debugger.enable");
      await devtools.send("Debugger.pause");
      // Whoever still ran would come back within some 20 ms, and would be here before the other page's request.
      demo.cut();
      const awake = await context.newPage();
      await awake.goto(`${demo.url}/elsewhere`);
      await awake.waitForFunction(() => performance.now() > 300);
      expect(demo.asked).toHaveLength(1);
      const wokenAt = Date.now();
      demo.tell(...REST);
      await devtools.send("Debugger.resume");
      await devtools.send("Debugger.disable");
      await isWhole(scene);
      expect(demo.asked).toHaveLength(2);
      expect(demo.asked[1]!.at).toBeGreaterThanOrEqual(wokenAt);
    }));

  test("a page that nobody sees asks for nothing, and is back when it is looked at", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page } = scene;
      await setVisibility(page, "hidden");
      demo.cut();
      await connection(page).getByText("Coming back when this page is seen, attempt 2").waitFor();
      expect(demo.asked).toHaveLength(1);
      const seenAt = await setVisibility(page, "visible");
      demo.tell(...REST);
      await isWhole(scene);
      expect(demo.asked).toHaveLength(2);
      expect(demo.asked[1]!.at).toBeGreaterThanOrEqual(seenAt);
    }));

  test("a device that is online again does not sit out the rest of its wait", (task) =>
    midAnswer(task, { retryMs: undefined }, async (scene) => {
      const { demo, page, context, told } = scene;
      await context.setOffline(true);
      demo.cut();
      // The waits are 1, 2 and 4 seconds: the third has begun.
      await connection(page)
        .getByText(/in [34] s, attempt 4/)
        .waitFor();
      expect((await told()).join("\n")).toContain(
        "This device is offline. Coming back in 2 s, attempt 3",
      );
      expect(demo.asked).toHaveLength(1);
      const onlineAt = Date.now();
      await context.setOffline(false);
      await connection(page).getByText("Connected again.").waitFor();
      expect(demo.asked[1]!.at - onlineAt).toBeLessThan(2_000);
      demo.tell(...REST);
      await isWhole(scene);
    }));

  test("a connection that fell silent is given up and made anew", (task) =>
    midAnswer(task, { heartbeatMs: 300 }, async (scene) => {
      const { demo, told } = scene;
      demo.fallSilent();
      await expect.poll(demo.readers, { timeout: 5_000, interval: 10 }).toBe(1);
      demo.tell(...REST);
      await isWhole(scene);
      expect((await told()).join("\n")).toContain("The connection fell silent.");
    }));
});

describe("a page that is loaded again in mid-answer", () => {
  test("shows at once what it had, and the rest as it comes", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page, context } = scene;
      // The server answers nothing yet: what is there is what the page has kept.
      await context.route("**/runs/**", () => {});
      await page.reload();
      await text(page, BEGUN);
      expect(await page.locator("#asked").textContent()).toBe("How did Apple do?");
      expect(await page.locator("#plot .line").count()).toBe(1);
      expect(await page.locator("#figures tbody tr").count()).toBe(1);
      await context.unroute("**/runs/**");
      await page.reload();
      await connection(page).getByText("The answer goes on.").waitFor();
      expect(demo.asked.at(-1)).toMatchObject({
        route: "GET /runs/1",
        lastEventId: expect.stringMatching(/^\d+-8$/),
      });
      demo.tell(...REST);
      await isWhole(scene);
      await page.reload();
      expect(await page.locator("#asked").textContent()).toBe("The answer grows here");
    }));

  test("goes on also when the server is away just then", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page, context } = scene;
      await context.route("**/runs/**", (route) => route.abort("connectionrefused"));
      await page.reload();
      await connection(page).getByText("The server cannot be reached.").waitFor();
      await text(page, BEGUN);
      await context.unroute("**/runs/**");
      demo.tell(...REST);
      await isWhole(scene);
      expect(demo.asked).toHaveLength(2);
    }));

  test("goes on after a visit elsewhere and the way back", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page } = scene;
      await page.goto(`${demo.url}/elsewhere`);
      await expect.poll(demo.readers).toBe(0);
      demo.tell(REST[0]!);
      await page.goBack();
      await text(page, `${BEGUN}to 42 `);
      demo.tell(...REST.slice(1));
      await isWhole(scene);
      const reasons = await page.evaluate(() =>
        JSON.stringify(
          (performance.getEntriesByType("navigation")[0] as { notRestoredReasons?: unknown })
            ?.notRestoredReasons ?? "it is switched off",
        ),
      );
      process.stdout.write(`the page was loaded anew, not taken from the cache: ${reasons}\n`);
    }));

  test("out of the browser's cache, with a connection that is none any more, comes back at once", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page } = scene;
      demo.fallSilent();
      await page.evaluate(() =>
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
      );
      await expect.poll(() => demo.asked.length, { interval: 5 }).toBe(2);
      demo.tell(...REST);
      await isWhole(scene);
    }));

  test("is at its beginning where the server names no way back, and asks nothing by itself", (task) =>
    midAnswer(task, { namesWayBack: false }, async ({ demo, page }) => {
      await page.reload();
      expect(await page.locator("#asked").textContent()).toBe("The answer grows here");
      expect(demo.asked).toHaveLength(1);
    }));
});

describe("what a reader who was away is told", () => {
  test("a part that the server does not keep any longer is missed where it was", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page } = scene;
      await setVisibility(page, "hidden");
      demo.cut();
      demo.tell(chunk("to 42 "), chunk("dollars "));
      demo.forget(9);
      await setVisibility(page, "visible");
      await page.locator("#text .gap").waitFor();
      await text(
        page,
        `${BEGUN}A part of the answer is missing here: the server does not keep it any longer.dollars `,
      );
      // The result has the whole text: nothing is missing then.
      demo.tell(...REST.slice(2));
      await isWhole(scene);
      expect(await page.locator("#text .gap").count()).toBe(0);
    }));

  test("an answer that begins anew replaces what there was of it", (task) =>
    midAnswer(task, {}, async (scene) => {
      const { demo, page } = scene;
      await setVisibility(page, "hidden");
      demo.cut();
      demo.beginAnew();
      demo.tell(status("analyzing"), chunk("Once more: "));
      await setVisibility(page, "visible");
      await text(page, "Once more: ");
      expect(await page.locator("#figures").isVisible()).toBe(false);
      expect(await page.locator("#plot").isVisible()).toBe(false);
      expect(await page.locator('#phases [data-state="pending"]').count()).toBe(3);
    }));

  test("an answer that is not there any more is told as that, with the text that was read", (task) =>
    midAnswer(task, {}, async ({ demo, page, context }) => {
      await context.route("**/runs/**", (route) => route.fulfill({ status: 404 }));
      demo.cut();
      await page.locator("#outcome").waitFor();
      expect(await page.locator("#outcome").textContent()).toBe("failed");
      expect(await page.locator("#notice").textContent()).toContain("does not have this answer");
      await text(page, BEGUN);
    }));
});
