// The demo as it is started: ended, killed and started anew while a page waits for an answer.
import { describe, expect, test, type TestContext } from "vitest";
import { browserForFile } from "../helpers/browser.ts";
import {
  answerText,
  ask,
  connection,
  endsAs,
  firstWord,
  frames,
  notice,
  openPage,
} from "../helpers/demo.ts";
import { slowModel, startDemo } from "../helpers/demo-process.ts";

const browserFor = browserForFile();

async function newPage(task: TestContext, url: string) {
  const context = await browserFor(task).newContext();
  task.onTestFinished(() => context.close());
  return openPage(context, url);
}

describe("a server that keeps its runs in memory", { timeout: 60_000 }, () => {
  test.each(["express", "hono", "node"])(
    "says so when it starts on %s, and exits at once when nothing runs",
    async (host) => {
      const demo = await startDemo(["--host", host, "--port", "0"]);
      expect((await fetch(demo.url)).status).toBe(200);
      expect(demo.said()).toContain("kept in memory: gone with the process");
      const askedAt = performance.now();
      expect(await demo.end("SIGINT")).toBe(0);
      expect(performance.now() - askedAt).toBeLessThan(1_900);
    },
  );

  test("ended in mid-answer and started anew: the page tells the truth, and asks again when told to", async (task) => {
    const model = await slowModel();
    const demo = await startDemo(["--port", "0"], model.env);
    const page = await newPage(task, demo.url);
    await ask(page, "How did Apple do?");
    await firstWord(page);
    const ended = demo.end();
    // Sent away on purpose, it waits to come back; what it has is there.
    await expect
      .poll(async () => (await frames(page)).join("\n"), { timeout: 5_000 })
      .toContain('data: {"type":"rotate"}');
    await connection(page).getByText("Coming back").waitFor();
    expect(await page.locator("#outcome").isVisible()).toBe(false);
    expect(await ended).toBe(0);
    const before = await answerText(page);
    expect(before).toMatch(/^word1 word2 /);

    await startDemo(["--port", demo.port], model.env);
    await endsAs(page, "failed");
    expect(await notice(page).textContent()).toContain(
      "The server does not have this answer any more.",
    );
    expect(await notice(page).textContent()).toContain("the server was started anew");
    expect((await answerText(page))!.trim()).toBe(before!.trim());
    model.finish();
    await page.getByRole("button", { name: "Ask again" }).click();
    await endsAs(page, "completed");
    expect(await page.locator("#asked").textContent()).toBe("How did Apple do?");
  });
});

describe("two instances behind one port", { timeout: 60_000 }, () => {
  test("say that they need Redis, survive the kill of one, and end together", async () => {
    const demo = await startDemo(["--port", "0", "--instances", "2"]);
    await expect.poll(demo.said).toContain("2 instances need Redis.");
    const [, first, second] = /processes (\d+) and (\d+)/.exec(demo.said())!.map(Number);
    const served = async () =>
      ((await (await fetch(`${demo.url}/api/runs`)).json()) as { process: number }).process;
    expect([first, second]).toContain(await served());

    process.kill(first!, "SIGKILL");
    await expect
      .poll(demo.said, { timeout: 10_000 })
      .toContain(`Process ${first} is gone (SIGKILL)`);
    // The other serves meanwhile.
    expect(await served()).toBe(second);
    await expect.poll(demo.said, { timeout: 20_000 }).toMatch(/Process \d+ serves in its place\./);
    expect(await demo.end()).toBe(0);
    expect(() => process.kill(second!, 0)).toThrow("ESRCH");
  });
});

describe("a command line that is wrong", () => {
  test.each([
    [["--instances", "0"], "--instances must be a whole number from 1 to 8"],
    [["--host", "koa"], "--host must be one of express, hono, node"],
  ])("%j is told in one sentence", async (args, sentence) => {
    await expect(startDemo(args)).rejects.toThrow(sentence);
  });
});
