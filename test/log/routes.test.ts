import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../src/client/index.ts";
import type { RunRoutesOptions } from "../../src/log/index.ts";
import { createRunRoutes, createRuns, memoryStore } from "../../src/log/index.ts";
import { HOSTS } from "./served.ts";

const closing: Array<() => unknown> = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

describe.each(Object.entries(HOSTS))("the four routes on %s", (_, serve) => {
  const served = async (options: Partial<RunRoutesOptions> = {}) => {
    const runs = createRuns({ store: memoryStore() });
    const routes = createRunRoutes({
      runs,
      path: "/api/runs",
      owner: (request) => request.headers.get("x-user") ?? undefined,
      start: ({ body }) => ({
        producer: async (stream) => {
          const { message, waits } = body as { message: string; waits?: boolean };
          await stream.chunk(message);
          if (waits)
            await new Promise((resolve) => stream.signal.addEventListener("abort", resolve));
          return { content: message };
        },
      }),
      ...options,
    });
    const { url, close } = await serve(routes);
    closing.push(close, () => runs.close());
    return `${url}/api/runs`;
  };
  const ada = { "x-user": "ada" };

  test("a POST starts a run, and tells where to come back; a GET there brings the same", async () => {
    const url = await served();
    const stream = connect(url, { json: { message: "Hello" }, headers: ada });
    const { outcome, text, result } = await stream.ended;
    expect([outcome, text, result?.content]).toEqual(["completed", "Hello", "Hello"]);
    const [run] = (await (await fetch(url, { headers: ada })).json()) as Array<{ id: string }>;
    expect(run).toMatchObject({ state: "ended", outcome: "completed", owner: "ada" });
    const again = connect(`${url}/${run?.id}`, { headers: ada });
    expect(await again.ended).toMatchObject({ outcome: "completed", text: "Hello" });
  });

  test("a DELETE stops a run: its reader is told so, and its producer's signal aborts", async () => {
    const url = await served();
    const stream = connect(url, { json: { message: "Hello", waits: true }, headers: ada });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    const [run] = (await (await fetch(url, { headers: ada })).json()) as Array<{ id: string }>;
    const stopped = await fetch(`${url}/${run?.id}`, { method: "DELETE", headers: ada });
    expect([stopped.status, await stopped.json()]).toEqual([200, { stopped: true }]);
    while (!(await iterator.next()).done);
    expect(await stream.ended).toMatchObject({ outcome: "aborted", text: "Hello" });
  });

  test("an unknown run and somebody else's look alike", async () => {
    const url = await served();
    await connect(url, { json: { message: "Hello" }, headers: ada }).ended;
    const [run] = (await (await fetch(url, { headers: ada })).json()) as Array<{ id: string }>;
    const answers = async (id = "", method = "GET") => {
      const response = await fetch(`${url}/${id}`, { method, headers: { "x-user": "eve" } });
      const { headers } = response;
      const told = ["content-type", "content-location"].map((name) => headers.get(name));
      return [response.status, await response.text(), ...told];
    };
    for (const method of ["GET", "DELETE"]) {
      const foreign = await answers(run?.id, method);
      expect(foreign).toEqual(await answers("unknown", method));
      expect(foreign[0]).toBe(404);
    }
    expect(await (await fetch(url, { headers: { "x-user": "eve" } })).json()).toEqual([]);
  });

  test("the same Idempotency-Key starts once; with another body it is a conflict", async () => {
    let started = 0;
    const url = await served({
      start: () => ({ producer: async () => ({ content: `${(started += 1)}` }) }),
    });
    const post = (message: string) =>
      fetch(url, {
        method: "POST",
        headers: { ...ada, "idempotency-key": "k", "content-type": "application/json" },
        body: JSON.stringify({ message }),
      });
    const all = await Promise.all(Array.from({ length: 20 }, () => post("a")));
    const texts = new Set(await Promise.all(all.map((response) => response.text())));
    expect([texts.size, started]).toEqual([1, 1]);
    const conflict = await post("b");
    expect(conflict.status).toBe(409);
    expect(await conflict.json()).toEqual({
      error: { code: "RUN_CONFLICT", message: "the key was used for another request" },
    });
  });

  test("options that no routes can have are refused at once, by name", () => {
    const runs = createRuns({ store: memoryStore() });
    const start = () => ({ producer: () => undefined });
    expect(() => createRunRoutes({ runs, start, path: "runs" })).toThrow(/`path`/);
    expect(() => createRunRoutes({ runs, path: "/runs" } as never)).toThrow(/`start`/);
    expect(() => createRunRoutes({ start } as never)).toThrow(/`runs`/);
    expect(() => createRuns({ store: memoryStore(), revalidateMs: 0 })).toThrow(/`revalidateMs`/);
    expect(() => createRuns({ store: memoryStore(), leaseMs: 0 })).toThrow(/`leaseMs`/);
  });

  test("what is no route, no method, no JSON and no cursor is said", async () => {
    const url = await served();
    const status = async (
      path: string,
      init?: Omit<RequestInit, "headers"> & { headers?: Record<string, string> },
    ) => (await fetch(url + path, { ...init, headers: { ...ada, ...init?.headers } })).status;
    expect(await status("x")).toBe(404);
    expect(await status("/a%E0%A4%A")).toBe(404);
    expect(await status("", { method: "PUT" })).toBe(405);
    expect(await status("/a", { method: "POST" })).toBe(405);
    expect(await status("", { method: "POST", body: "{" })).toBe(400);
    expect(await status("/a", { headers: { "last-event-id": "abc" } })).toBe(400);
    expect(await status("/a?lastEventId=abc")).toBe(400);
  });
});
