import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { openHttp } from "../helpers/reader.ts";
import { serveRuns } from "./serving.ts";

describe("a server that shuts down", () => {
  test("100 open streams, one of them stalled: it exits in time, and every live reader is told to come back", async () => {
    const deadlineMs = 2_000;
    const { child, start, read, rest } = await serveRuns({ DEADLINE_MS: `${deadlineMs}` });
    const quiet = await start({ tokens: 3, endless: true });
    const flood = await start({ tokens: 20_000, size: 1_000, endless: true });
    const stalled = await openHttp(new URL(flood, quiet).href);
    await stalled.atLeast(1_000);
    stalled.stall();
    const readers = await Promise.all(Array.from({ length: 99 }, () => read(quiet)));
    await Promise.all(readers.map((reader) => reader.until('"content":"3"')));
    const at = performance.now();
    child.kill("SIGTERM");
    const texts = await Promise.all(readers.map((reader) => reader.rest()));
    expect(
      texts.filter((text) => /retry: \d+\ndata: {"type":"rotate"}\n\n$/.test(text)),
    ).toHaveLength(99);
    expect(readers.every(({ isWhole }) => isWhole)).toBe(true);
    await once(child, "exit");
    expect(performance.now() - at).toBeLessThan(deadlineMs + 500);
    const said = await rest();
    expect(said.filter((line) => line.startsWith("ended"))).toEqual([
      "ended failed SHUT_DOWN",
      "ended failed SHUT_DOWN",
    ]);
    expect(said.at(-1)).toBe("shut down");
  });

  test("work that is done in time is finished, and the server leaves as soon as it is", async () => {
    const { child, start, read, rest } = await serveRuns({ DEADLINE_MS: "10000" });
    const reader = await read(await start({ tokens: 10, everyMs: 50 }));
    await reader.until('"content":"2"');
    const at = performance.now();
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(performance.now() - at).toBeLessThan(5_000);
    expect(await rest()).toEqual(["started", "ended completed ", "shut down"]);
  });

  test("nothing new is begun: a POST and a reader are told to come again", async () => {
    const { child, url, start, rest } = await serveRuns({ DEADLINE_MS: "1000" });
    const path = await start({ tokens: 1, endless: true });
    // A connection that is open already: no new one is accepted.
    const { Agent, request } = await import("node:http");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (method: string, to: string, body = "") =>
      new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
        const asked = request(new URL(to, url), { method, agent }, (response) => {
          response.resume();
          response.on("end", () => resolve([response.statusCode, response.headers["retry-after"]]));
        });
        asked.on("error", reject).end(body);
      });
    expect(await ask("GET", url)).toEqual([200, undefined]);
    const slow = request(new URL(url), { method: "POST", agent });
    slow.write("{");
    await once(slow, "socket");
    child.kill("SIGTERM");
    slow.end('"tokens":1}');
    const [answer] = await once(slow, "response");
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "1"]);
    answer.resume();
    agent.destroy();
    await rest();
    expect(path).toMatch(/^http/);
  });
});
