import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectSocket, type AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { answer, bare, both, named } from "../examples/any-sse/client.mjs";
import { start as startAnySSE } from "../examples/any-sse/server.mjs";
import { ask as askSource, follow } from "../examples/eventsource/client.mjs";
import { start as startQuotes } from "../examples/eventsource/server.mjs";
import { open as openChannel, watch as watchChannel } from "../examples/channel/client.mjs";
import { start as startChannel, tell as tellChannel } from "../examples/channel/server.mjs";
import {
  ask as askOverCuts,
  askAs,
  goOn,
  keep,
  show,
  watch,
} from "../examples/comeback/client.mjs";
import { start as startComeback } from "../examples/comeback/server.mjs";
import { ask as askExpress } from "../examples/express/client.mjs";
import { start as startExpress } from "../examples/express/server.mjs";
import { explain } from "../examples/errors/client.mjs";
import { ends, start as startErrors } from "../examples/errors/server.mjs";
import { ask as askFetch } from "../examples/fetch/client.mjs";
import { start as startFetch } from "../examples/fetch/server.mjs";
import { start as startTutorial } from "../examples/first-stream/server.js";
import { ask as askHono } from "../examples/hono/client.mjs";
import { start as startHono } from "../examples/hono/server.mjs";
import { read as readNode } from "../examples/node/client.mjs";
import { start as startNode } from "../examples/node/server.mjs";
import { byHand, frames, queue, respond } from "../examples/parts/parts.mjs";
import { arrivals } from "../examples/proxy/arrivals.mjs";
import {
  ask as askRun,
  goOn as goOnRun,
  join as joinRun,
  keep as keepRun,
  stop as stopRun,
} from "../examples/runs/client.mjs";
import { createApp, handlers, start as startRuns, users } from "../examples/runs/server.mjs";
import { openPrices, watch as watchPrices } from "../examples/shared-tabs/client.mjs";
import {
  requestCount,
  start as startPrices,
  tell as tellPrice,
} from "../examples/shared-tabs/server.mjs";
import { processes } from "../examples/shutdown/client.mjs";
import { start as startSlow } from "../examples/slow-readers/server.mjs";
import { readSome } from "../examples/upstream/client.mjs";
import { createModel } from "../examples/upstream/model.mjs";
import { createProxy } from "../examples/upstream/server.mjs";
import { read as readValidated } from "../examples/validate/client.mjs";
import { onTold, start as startValidated } from "../examples/validate/server.mjs";
import { launchBrowser } from "./helpers/browser.ts";
import { freePort } from "./helpers/free-port.ts";
import { listen } from "./helpers/listen.ts";
import { exec } from "./helpers/npm.ts";
import { run as runProgram } from "./helpers/program.ts";
import { ROOT } from "./helpers/sources.ts";

interface Served {
  url: string;
  close: () => Promise<void>;
}

const open: Served[] = [];

/** Starts an example on a free port; it is closed after the test. */
async function serving(start: (port: number) => Promise<Served>): Promise<string> {
  const served = await start(0);
  open.push(served);
  return served.url;
}

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((served) => served.close()));
});

/** What an example prints is its own business here. */
function silence(): void {
  vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
}

describe("the README's twenty lines", () => {
  test("server and client, as they are pasted, print what a stranger expects", async () => {
    const port = await freePort();
    const env = { ...process.env, PORT: `${port}` };
    const server = spawn(process.execPath, ["examples/readme/server.mjs"], { cwd: ROOT, env });
    try {
      await vi.waitFor(() => fetch(`http://localhost:${port}`, { method: "HEAD" }), 5_000);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["examples/readme/client.mjs"],
        { cwd: ROOT, env },
      );
      expect(stdout).toBe("[analyzing]\nHello, world.\ncompleted { content: 'Hello, world.' }\n");
    } finally {
      server.kill();
    }
  });
});

describe("the README's runs", () => {
  test("an answer that its first reader has left is read by the next, from its beginning", async () => {
    const port = await freePort();
    const env = { ...process.env, PORT: `${port}` };
    const { child } = runProgram(process.execPath, [`${ROOT}/examples/readme/runs.mjs`], env);
    const url = `http://localhost:${port}/runs`;
    await vi.waitFor(() => fetch(url), 5_000);
    const asked = await fetch(url, { method: "POST", body: '{"name":"Ada"}' });
    await asked.body?.cancel();
    const again = await fetch(new URL(asked.headers.get("content-location") ?? "", url));
    const told = (await again.text()).match(/(?<="content":").*(?=")/g);
    expect(told?.join("")).toBe("Hello, Ada.");
    child.kill();
  });
});

describe("examples/node", () => {
  test("its reader sees phases, words and the result", async () => {
    const url = await serving(startNode);
    silence();
    const ended = await readNode(url);
    expect(ended).toMatchObject({
      outcome: "completed",
      text: "Hello, world.",
      result: { content: "Hello, world." },
    });
  });

  test("its bytes are those that the README shows", async () => {
    const url = await serving(startNode);
    expect(await (await fetch(url)).text()).toBe(
      [
        ": open heartbeatMs=15000",
        'data: {"type":"status","status":"analyzing"}',
        'data: {"type":"chunk","content":"Hello"}',
        'data: {"type":"chunk","content":", "}',
        'data: {"type":"chunk","content":"world"}',
        'data: {"type":"chunk","content":"."}',
        'data: {"type":"result","content":"Hello, world."}',
        "data: [DONE]",
        "",
      ].join("\n\n"),
    );
  });
});

describe.each([
  ["examples/express", startExpress, askExpress],
  ["examples/hono", startHono, askHono],
])("%s", (_, start, ask) => {
  test("a question is answered", async () => {
    const url = await serving(start);
    expect(await ask(url, "Why?")).toEqual({ outcome: "completed", text: "You asked: Why?" });
  });

  test("a bad question is an ordinary 422, and no stream", async () => {
    const url = await serving(start);
    const refused = await ask(url, "");
    expect(refused).toMatchObject({ outcome: "failed", status: 422 });
    expect(refused.body).toContain("`message` is missing");
  });
});

describe("examples/fetch", () => {
  test("a question is answered, and a bad one refused", async () => {
    const url = await serving(startFetch);
    expect(await askFetch(url, "Why?")).toMatchObject({
      phases: ["analyzing"],
      outcome: "completed",
      text: "You asked: Why?",
    });
    await expect(askFetch(url, "")).rejects.toMatchObject({ status: 422 });
  });
});

describe("examples/validate", () => {
  test("both ends keep to one definition", async () => {
    const url = await serving(startValidated);
    expect(await readValidated(url)).toEqual([
      "phase: analyzing",
      "50 %",
      "It went up.",
      "sources: prices.csv",
    ]);
  });

  test("an event that breaks its definition never reaches the wire: the server is told which field", async () => {
    const url = await serving(startValidated);
    const told = new Promise((resolve) => {
      onTold((outcome: string, error: unknown) => resolve([outcome, error]));
    });
    expect(await readValidated(`${url}/broken`)).toEqual([
      "phase: analyzing",
      "error INTERNAL: The stream failed.",
    ]);
    expect(await told).toMatchObject(["failed", { code: "SCHEMA_MISMATCH", field: "percent" }]);
  });
});

describe("examples/errors", () => {
  const signedIn = { authorization: "Bearer demo" };

  test("what may be told is told, the rest stays with the server under the same id", async () => {
    const url = await serving(startErrors);
    expect(await explain(`${url}/quota`, signedIn)).toBe(
      "You have no questions left today. (QUOTA)",
    );
    expect(await explain(url, signedIn)).toBe("The stream failed. (INTERNAL)");
    const wire = await (await fetch(url, { headers: signedIn })).text();
    expect(wire).not.toContain("10.0.0.7");
    const end = ends.at(-1);
    expect(end).toMatchObject({ outcome: "failed", text: "Let me see" });
    expect(String(end?.error)).toContain("10.0.0.7");
    expect(wire).toContain(end?.errorId);
  });

  test("who is not signed in gets a 401", async () => {
    expect(await explain(await serving(startErrors))).toBe("Sign in first.");
  });
});

describe("examples/upstream", () => {
  test("the model stops when the reader leaves", async () => {
    const model = createModel();
    const ended = Promise.withResolvers<string>();
    const proxy = createProxy(await serving(model.start), ended.resolve);
    const url = await serving(proxy.start);
    expect(await readSome(url, 3)).toMatchObject({ outcome: "aborted" });
    expect(await ended.promise).toBe("aborted");
    await vi.waitFor(() => expect(model.working()).toBe(0), { timeout: 1_000, interval: 10 });
  });
});

describe("examples/slow-readers", () => {
  test("a reader that sleeps first gets every chunk all the same", async () => {
    const url = await serving(startSlow);
    const socket = connectSocket(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    await once(socket, "readable");
    await new Promise((resolve) => setTimeout(resolve, 200));
    let text = "";
    for await (const bytes of socket.setEncoding("utf8")) text += bytes;
    expect(text.match(/\.+/g)?.join("").length).toBeGreaterThanOrEqual(5_000_000);
    expect(text).toContain("[DONE]");
  });
});

describe("examples/parts", () => {
  test("each part works alone", async () => {
    expect(await queue()).toEqual(["status", "chunk"]);
    expect(frames()).toEqual({
      frame: 'data: {"type":"chunk","content":"Hello"}\n\n',
      messages: [{ data: '{"type":"chunk","content":"Hello"}' }],
    });
    async function* events() {
      yield { type: "chunk", content: "Hello" };
    }
    const response = respond(events());
    expect(response.headers.get("access-control-allow-origin")).toBe("https://example.com");
    expect(await response.text()).toBe(
      ': open heartbeatMs=5000\n\ndata: {"type":"chunk","content":"Hello"}\n\ndata: [DONE]\n\n',
    );
  });

  test("a response that is written by hand carries the stream's head", async () => {
    const { url, close } = await listen((_, res) => {
      byHand(res)({ data: "hello" });
      res.end();
    });
    open.push({ url, close });
    const response = await fetch(url);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe("data: hello\n\n");
  });
});

describe("examples/eventsource", () => {
  test("prices are followed over their connections until the server says stop", async () => {
    const url = await serving(startQuotes);
    const prices: string[] = [];
    const end = await follow(url, "demo", (id: string, price: string) => {
      prices.push(`${id}: ${price}`);
    });
    expect(prices).toEqual(["1: 101", "2: 102", "3: 103"]);
    expect(end).toMatchObject({ status: 204 });
  });

  test("who is not signed in learns it from the error event", async () => {
    const url = await serving(startQuotes);
    expect(await follow(url, "nobody", () => {})).toMatchObject({
      status: 401,
      error: { body: "Sign in first." },
    });
  });

  test("a question is sent as a POST, once, and closed by its terminal", async () => {
    const url = await serving(startNode);
    const all: string[] = [];
    const source = askSource(url, "Why?", (data: string) => all.push(data));
    await vi.waitFor(() => expect(source.readyState).toBe(2));
    expect(all.at(-1)).toBe('{"type":"result","content":"Hello, world."}');
  });
});

describe("examples/any-sse", () => {
  test("each way to end is known for an end", async () => {
    const url = await serving(startAnySSE);
    expect(await answer(`${url}/sentinel`)).toEqual({
      text: "Hello, world.",
      outcome: "completed",
    });
    expect(await named(`${url}/named`).ended).toMatchObject({ outcome: "completed" });
    expect(await (await bare(`${url}/body`)).ended).toMatchObject({ outcome: "completed" });
  });

  test("two consumers get the same messages", async () => {
    const url = await serving(startAnySSE);
    expect(await both(await bare(`${url}/body`))).toEqual({
      texts: ['{"text":"Hello"}', '{"text":", world."}'],
      count: 2,
    });
  });
});

describe("examples/shared-tabs", () => {
  test("two parts of a page watch the same prices over one request", async () => {
    const url = await serving(startPrices);
    const before = requestCount();
    const parts = [openPrices(url), openPrices(url)];
    const seen = parts.map(() => [] as string[]);
    parts.forEach((part, index) => {
      void watchPrices(part, (symbol: string, price: number) =>
        seen[index]?.push(`${symbol} ${price}`),
      );
    });
    tellPrice("ACME", 12.5);
    tellPrice("ACME", 12.75);
    await vi.waitFor(() => {
      for (const prices of seen) expect(prices).toEqual(["ACME 12.5", "ACME 12.75"]);
    });
    expect(requestCount() - before).toBe(1);
    for (const part of parts) part.close();
  });
});

describe("examples/proxy", () => {
  test("it tells the head and when each piece came", async () => {
    const lines = await arrivals(await serving(startNode));
    expect(lines.slice(0, 4)).toEqual([
      "200 text/event-stream",
      "cache-control: private, no-cache, no-store, no-transform",
      "x-accel-buffering: no",
      "content-encoding: (absent)",
    ]);
    expect(lines.length).toBeGreaterThan(6);
  });
});

describe("examples/runs", () => {
  const ada = { headers: { authorization: "Bearer token-of-ada" } };
  const eve = { headers: { authorization: "Bearer token-of-eve" } };
  const WHOLE = "You asked me this: why?";
  const storageOf = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    };
  };
  interface End {
    outcome: string;
    text: string;
    result?: { content: string };
  }
  const served = async (options: object = {}) => {
    const told: End[] = [];
    const onEnd = (end: End) => void told.push(end);
    const url = await serving((port) => startRuns(port, { onEnd, ...options }));
    return { url: `${url}/api/runs`, told };
  };
  /** Reads until `text` has come, and leaves. */
  const readTo = async (stream: ReturnType<typeof askRun>, text: string, leave = () => {}) => {
    for await (const event of stream) {
      if (event.type === "chunk" && event.content === text) break;
    }
    leave();
  };

  test("a page that is loaded again has its text at once, then the rest, and the work ran once", async () => {
    const { url, told } = await served({ wordMs: 20 });
    const storage = storageOf();
    const before = askRun(url, { question: "why?" }, ada);
    for await (const event of before) {
      keepRun(before, storage);
      if (event.type === "chunk" && event.content === "asked ") break;
    }
    const after = goOnRun(storage, ada);
    expect(after?.text).toBe("You asked ");
    expect(await after?.ended).toMatchObject({ outcome: "completed", text: WHOLE, isWhole: true });
    expect(told).toMatchObject([{ outcome: "completed", text: WHOLE, result: { content: WHOLE } }]);
    keepRun(after!, storage);
    expect(goOnRun(storage, ada)).toBeUndefined();
  });

  test("a second device joins, and nobody else", async () => {
    const { url } = await served({ wordMs: 20 });
    const first = askRun(url, { question: "why?" }, ada);
    await first[Symbol.asyncIterator]().next();
    const second = await joinRun(url, ada);
    expect(await second?.ended).toMatchObject({ outcome: "completed", text: WHOLE });
    expect(await joinRun(url, eve)).toBeUndefined();
    expect((await fetch(url)).status).toBe(401);
    first.close();
  });

  test("the stop button stops it, and what was told stays", async () => {
    const { url, told } = await served({ wordMs: 20 });
    const stream = askRun(url, { question: "why?" }, ada);
    for await (const event of stream) {
      if (event.type === "chunk" && event.content === "asked ") await stopRun(stream, ada);
    }
    expect(await stream.ended).toMatchObject({ outcome: "aborted", isWhole: true });
    await vi.waitFor(() => expect(told).toMatchObject([{ outcome: "aborted" }]));
    expect(told[0]?.text).toMatch(/^You asked /);
  });

  test("who leaves does not stop it, unless it is asked to work for readers alone", async () => {
    const { url, told } = await served({ wordMs: 20, cancelAfterMs: 10 });
    await readTo(askRun(url, { question: "why?" }, ada), "You ");
    await vi.waitFor(() => expect(told).toMatchObject([{ outcome: "completed" }]), 2_000);
    const watched = askRun(url, { question: "why? ".repeat(3), whileWatched: true }, ada);
    await readTo(watched, "You ");
    await vi.waitFor(() => expect(told[1]).toMatchObject({ outcome: "aborted" }), 2_000);
  });

  test("the same key is the same run, a bad question an ordinary 422", async () => {
    const { url, told } = await served();
    const all = ["k", "k", "k"].map((key) => askRun(url, { question: "why?" }, { key, ...ada }));
    for (const stream of all) expect(await stream.ended).toMatchObject({ text: WHOLE });
    expect(told).toHaveLength(1);
    const other = askRun(url, { question: "how?" }, { key: "k", ...ada });
    expect(await other.ended).toMatchObject({ outcome: "failed", error: { status: 409 } });
    const bad = askRun(url, { text: "?" }, ada);
    expect(await bad.ended).toMatchObject({ outcome: "failed", error: { status: 422 } });
  });

  test("who has signed out reads no further", async () => {
    const { url } = await served({ wordMs: 200, revalidateMs: 20 });
    users.set("token-of-bob", "bob");
    const bob = { headers: { authorization: "Bearer token-of-bob" } };
    const stream = askRun(url, { question: "why?" }, bob);
    for await (const event of stream) {
      if (event.type === "status") users.delete("token-of-bob");
    }
    expect(await stream.ended).toMatchObject({
      outcome: "failed",
      error: { event: { code: "UNAUTHORIZED" } },
    });
  });

  test("a fetch server answers the same", async () => {
    const { GET, POST, DELETE } = handlers(createApp());
    const url = "http://local/api/runs";
    const init = { method: "POST", body: '{"question":"why?"}', ...ada };
    const asked = await POST(new Request(url, init));
    expect(await asked.text()).toContain("[DONE]");
    const run = new URL(asked.headers.get("content-location") ?? "", url).href;
    expect(await (await GET(new Request(run, ada))).text()).toContain("[DONE]");
    const stopped = await DELETE(new Request(run, { method: "DELETE", ...ada }));
    expect(await stopped.json()).toEqual({ stopped: false });
  });
});

describe("examples/channel", () => {
  const viewOf = () => {
    const seen: string[] = [];
    return {
      seen,
      replace: (all: object) => void seen.push(`all ${JSON.stringify(all)}`),
      set: (symbol: string, price: number) => void seen.push(`${symbol} ${price}`),
    };
  };

  test("who comes late is told all, who comes back what was missed, each once", async () => {
    const url = await serving(startChannel);
    const first = openChannel(url);
    const seen = viewOf();
    void watchChannel(first, seen);
    await vi.waitFor(() => expect(seen.seen).toEqual(["all {}"]));
    await tellChannel("ACME", 1);
    await tellChannel("ACME", 2);
    await vi.waitFor(() => expect(seen.seen).toEqual(["all {}", "ACME 1", "ACME 2"]));

    const late = openChannel(url);
    const seenLate = viewOf();
    void watchChannel(late, seenLate);
    await vi.waitFor(() => expect(seenLate.seen).toEqual(['all {"ACME":2}']));

    const saved = first.save();
    first.close();
    await tellChannel("ACME", 3);
    await tellChannel("EMCA", 4);
    const back = openChannel(url, { restore: saved });
    const seenBack = viewOf();
    void watchChannel(back, seenBack);
    await vi.waitFor(() => expect(seenBack.seen).toEqual(["ACME 3", "EMCA 4"]));
    expect(seenLate.seen).toEqual(['all {"ACME":2}', "ACME 3", "EMCA 4"]);
    for (const stream of [late, back]) stream.close();
  });

  test("its bytes are those that the wire format tells: a place, then what comes", async () => {
    const url = await serving(startChannel);
    await tellChannel("ACME", 5);
    const controller = new AbortController();
    const { body } = await fetch(url, { signal: controller.signal });
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    let told = "";
    while (!told.includes("prices")) told += (await reader.read()).value ?? "";
    expect(told).toMatch(
      /^: open heartbeatMs=15000\n\nid: \d+-\d+\ndata: {"type":"prices","all":{.*"ACME":5.*}}\n\n$/,
    );
    controller.abort();
  });

  test("who was away for longer than is kept begins anew, with all of it", async () => {
    const url = await serving(startChannel);
    const first = openChannel(url);
    await first[Symbol.asyncIterator]().next();
    const saved = first.save();
    first.close();
    for (let price = 1; price <= 1_001; price += 1) await tellChannel("MANY", price);
    const back = openChannel(url, { restore: saved });
    expect(await watchChannel(back, viewOf())).toBe("gap");
    const seen = viewOf();
    const anew = openChannel(url);
    void watchChannel(anew, seen);
    await vi.waitFor(() => expect(seen.seen.join()).toContain('"MANY":1001'));
    anew.close();
  });
});

describe("examples/shutdown", () => {
  const server = `${ROOT}/examples/shutdown/server.mjs`;
  const startProcess = async (port: number) => {
    const program = runProgram(process.execPath, [server], { ...process.env, PORT: `${port}` });
    await program.lines.next();
    return program;
  };

  test("a restart is no end for a reader, and work is finished before it", async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const first = await startProcess(port);
    const heard = processes(url, { retry: { reconnectionTimeMs: 50 } });
    expect((await heard.next()).value).toBe(`process ${first.child.pid}`);
    const ticks = await fetch(`${url}/ticks`);
    const work = await fetch(`${url}/runs`, { method: "POST", body: '{"workMs":300}' });
    first.child.kill("SIGTERM");
    expect(await ticks.text()).toMatch(/retry: \d+\ndata: {"type":"rotate"}\n\n$/);
    expect(await work.text()).toMatch(/retry: \d+\ndata: {"type":"rotate"}\n\n$/);
    expect(await first.rest()).toEqual(["a run: completed", "shut down"]);

    const second = await startProcess(port);
    expect((await heard.next()).value).toBe(`process ${second.child.pid}`);
    await heard.return();
  });
});

describe("examples/test-your-stream", () => {
  test("its own tests pass", async () => {
    const told = await exec(process.execPath, [
      "--test",
      "examples/test-your-stream/chat.test.mjs",
    ]);
    expect(told).toMatch(/pass 2\b/);
  });
});

describe("examples/write-a-store", () => {
  test("its store keeps the contract", async () => {
    const told = await exec(process.execPath, ["--test", "examples/write-a-store/store.test.mjs"]);
    expect(told).toMatch(/pass \d{2}\b/);
    expect(told).toMatch(/fail 0\b/);
  });
});

describe("examples/comeback", () => {
  const QUICK = { retry: { reconnectionTimeMs: 10 } };
  const WHOLE = "You asked me this: why?";
  const viewOf = () => {
    const view = {
      text: "",
      append: (more: string) => void (view.text += more),
      clear: () => void (view.text = ""),
    };
    return view;
  };

  test("an answer over connections that are all cut is whole, each word once", async () => {
    const url = await serving((port) => startComeback(port, { cutAfter: 3 }));
    const view = viewOf();
    const ended = await askOverCuts(url, "why?", view, QUICK);
    expect(ended).toMatchObject({ outcome: "completed", text: WHOLE, isWhole: true });
    expect(view.text).toBe(WHOLE);
  });

  test("who named the answer is told of the way: waiting, back, done", async () => {
    const url = await serving((port) => startComeback(port, { cutAfter: 4 }));
    const told: string[] = [];
    const stream = askAs("mine", url, "why?", QUICK);
    const forget = watch(stream, (words: string) => void told.push(words));
    const view = viewOf();
    await show(stream, view);
    expect(await stream.ended).toMatchObject({ outcome: "completed", text: WHOLE });
    expect(view.text).toBe(WHOLE);
    await vi.waitFor(() => expect(told).toContain("completed"));
    expect(told).toContain("attempt 2 in 1 s");
    forget();
    expect((await fetch(`${url}/answers/yours`)).status).toBe(404);
  });

  test("a page that is loaded again has its text at once, and then the rest", async () => {
    const url = await serving(startComeback);
    const storage = new Map<string, string>();
    const kept = {
      getItem: (name: string) => storage.get(name) ?? null,
      setItem: (name: string, value: string) => void storage.set(name, value),
      removeItem: (name: string) => void storage.delete(name),
    };
    const before = askAs("mine", url, "why?", QUICK);
    for await (const event of before) {
      keep(before, kept);
      if (event.type === "chunk" && event.content === "me ") break;
    }
    const view = viewOf();
    const after = goOn(kept, view, QUICK);
    expect(view.text).toBe("You asked me ");
    await show(after!, view);
    expect(view.text).toBe(WHOLE);
    const wire = await (await fetch(`${url}/answers/mine`)).text();
    const lastId = wire.match(/(?<=^id: ).+$/gm)!.at(-1)!;
    const again = await fetch(`${url}/answers/mine`, { headers: { "Last-Event-ID": lastId } });
    expect(again.status).toBe(204);
    keep(after!, kept);
    expect(goOn(kept, view, QUICK)).toBeUndefined();
  });
});

describe("examples/first-stream", () => {
  test("its files type-check: the page handles every event that the server may send", async () => {
    const tsc = ["node_modules/typescript/bin/tsc", "-p", "examples/first-stream"];
    expect(await exec(process.execPath, tsc, ROOT)).toBe("");
  });

  test("in a browser the story grows, ends, and stops at the stop button", async () => {
    silence();
    const server = startTutorial(0);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${port}`);
      await page.click("#tell");
      await page.waitForFunction(() =>
        document.querySelector("#story")?.textContent?.includes("time"),
      );
      await page.click("#stop");
      await page.waitForFunction(() =>
        document.querySelector("#phase")?.textContent?.startsWith("aborted"),
      );
      await vi.waitFor(() =>
        expect(console.log).toHaveBeenCalledWith(
          expect.stringMatching(/^aborted after \d+ events$/),
        ),
      );
      await page.click("#tell");
      await page.waitForFunction(
        () => document.querySelector("#phase")?.textContent === "completed: The first stream",
      );
      expect(await page.textContent("#story")).toBe(
        "Once upon a time a server told a story and every word of it arrived ",
      );
    } finally {
      await browser.close();
      server.close();
      server.closeAllConnections();
    }
  });
});
