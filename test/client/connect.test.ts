import { afterEach, describe, expect, test, vi } from "vitest";
import { connect } from "../../src/client/index.ts";
import { eventStream } from "../helpers/responses.ts";
import { thrownBy } from "../helpers/thrown.ts";
import { begin, wireServer, type WireServer } from "../helpers/wire-server.ts";

const CHUNK = 'data: {"type":"chunk","content":"a"}\n\n';
const DONE = "data: [DONE]\n\n";

let server: WireServer | undefined;
afterEach(async () => {
  vi.unstubAllGlobals();
  await server?.close();
  server = undefined;
});

/** Serves `script` until the test is over. */
async function serve(script: Parameters<typeof wireServer>[0]): Promise<WireServer> {
  server = await wireServer(script);
  return server;
}
const complete = () => serve((response) => response.end((begin(response, CHUNK), DONE)));
const endless = () => serve((response) => begin(response, CHUNK));

describe("the request", () => {
  test("without anything is a GET that asks for an event stream, uncached", async () => {
    const { url, asked } = await complete();
    expect(await connect(url).ended).toMatchObject({ outcome: "completed", text: "a" });
    expect(asked).toMatchObject([
      {
        method: "GET",
        body: "",
        headers: { accept: "text/event-stream", "cache-control": "no-cache" },
      },
    ]);
  });

  test("in a page asks the platform for what is uncached: a header would cost another origin a preflight", async () => {
    vi.stubGlobal("location", { href: "https://page.test/" });
    const calls: RequestInit[] = [];
    const own = (_: string, init: RequestInit) => {
      calls.push(init);
      return Promise.resolve(eventStream(CHUNK + DONE));
    };
    for (const cache of [undefined, "reload"] as const) {
      // eslint-disable-next-line no-await-in-loop -- one after another
      await connect("https://api.test/", { fetch: own, ...(cache && { cache }) }).ended;
    }
    expect(calls.map(({ cache }) => cache)).toEqual(["no-store", "reload"]);
    const [first] = calls;
    expect([...new Headers(first?.headers).keys()]).toEqual(["accept"]);
  });

  test("json is a POST with its content type, sent once", async () => {
    const { url, asked } = await complete();
    await connect(new URL("/chat?a=1", url), { json: { message: "Größe" } }).ended;
    expect(asked).toMatchObject([
      {
        method: "POST",
        url: "/chat?a=1",
        body: '{"message":"Größe"}',
        headers: { "content-type": "application/json" },
      },
    ]);
  });

  test("any method, body and headers, which win over the defaults", async () => {
    const { url, asked } = await complete();
    const headers = { accept: "*/*", "Cache-Control": "no-store", authorization: "Bearer x" };
    await connect(url, { method: "PUT", body: "raw", headers }).ended;
    expect(asked).toMatchObject([
      {
        method: "PUT",
        body: "raw",
        headers: { accept: "*/*", "cache-control": "no-store", authorization: "Bearer x" },
      },
    ]);
  });

  test.each([
    [7, {}, /`url`/],
    [null, {}, /`url`/],
    ["/", { fetch: "x" }, /`fetch` must be a function, got string/],
    ["/", { json: 1, body: "x" }, /`body` must be absent with `json`/],
    ["/", { json: 1, body: "" }, /`body` must be absent with `json`/],
    // In the platform's words.
    ["/", { json: 1, method: "GET" }, /GET/],
    ["/", { body: "", method: "head" }, /HEAD/],
    ["/", { mode: "cosy" }, /cosy/],
    ["/nowhere", { fetch: undefined }, /URL/],
    ["http://[", { fetch: undefined }, /URL/],
    ["/", { signal: {} }, /`signal` must be an AbortSignal, got object/],
    ["/", { events: { chunk: {} } }, /`events` must be from defineEvents, got object/],
    ["/", { json: () => 1 }, /`json` must be a JSON value, got function/],
    ["/", { json: { n: 1n } }, /`json` must be a JSON value/],
    ["/", { maxEventBytes: 0 }, /`maxEventBytes` must be a positive integer, got 0/],
    ["/", { headers: { "bad header": "x" } }, /header/],
    ["/", { lastEventId: "7-1\r\nx: y" }, /`lastEventId` must be one line, got string/],
    ["/", { lastEventId: "7\0" }, /`lastEventId` must be one line/],
    [
      "/",
      { restore: { url: "/", text: "", lastEventId: "7\n" } },
      /`lastEventId` must be one line/,
    ],
  ])("refused at once, and nothing is sent: %o %o", (url, options, message) => {
    let sent = 0;
    const counting = () => {
      sent += 1;
      return Promise.resolve(eventStream(DONE));
    };
    const all = { fetch: counting, ...options } as Parameters<typeof connect>[1];
    const error = thrownBy(() => connect(url as string, all));
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    expect((error as Error).message).toMatch(message);
    expect(sent).toBe(0);
  });
});

describe("a fetch of one's own", () => {
  test("gets a string and an init, never a Request", async () => {
    const calls: unknown[][] = [];
    const own = (...call: unknown[]) => {
      calls.push(call);
      return Promise.resolve(eventStream(CHUNK + DONE));
    };
    await connect(new URL("http://local/chat"), { json: {}, fetch: own }).ended;
    expect(calls).toMatchObject([["http://local/chat", { method: "POST", body: "{}" }]]);
    expect(Object.keys(calls[0]?.[1] as object)).not.toContain("json");
  });

  test("that throws at once, or answers at once, is a fetch like the others", async () => {
    const cause = new Error("no network here");
    const throwing = () => {
      throw cause;
    };
    const failed = await connect("http://local/", { fetch: throwing, retry: false }).ended;
    expect(failed.error).toMatchObject({ code: "CONNECT_FAILED", cause });
    const answering = (() => eventStream(CHUNK + DONE)) as unknown as typeof fetch;
    const { outcome } = await connect("http://local/", { fetch: answering }).ended;
    expect(outcome).toBe("completed");
  });

  test("that answers no Response is told so, and is not tried again", async () => {
    const own = () => Promise.resolve(undefined as unknown as Response);
    const { outcome, error } = await connect("/", { fetch: own }).ended;
    expect(outcome).toBe("failed");
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toBe("`response` must be an unread response, got undefined");
  });

  test("whose body offers getReader alone is enough", async () => {
    const whole = new TextEncoder().encode(CHUNK + DONE);
    const chunks = [whole.slice(0, 9), whole.slice(9)];
    const read = () => Promise.resolve({ done: chunks.length === 0, value: chunks.shift() });
    const reader = only({ read, cancel: () => Promise.resolve() });
    const response = only({
      status: 200,
      headers: only({
        get: (name: string) => (name === "Content-Type" ? "text/event-stream" : null),
      }),
      body: only({ getReader: () => reader }),
    });
    const own = () => Promise.resolve(response as unknown as Response);
    const end = await connect("http://local/", { fetch: own }).ended;
    expect(end).toMatchObject({ outcome: "completed", text: "a", error: undefined });
  });
});

/** Has what `members` has, and throws when anything else is touched. */
function only<Members extends object>(members: Members): Members {
  return new Proxy(members, {
    get(target, name) {
      // What a promise asks of everything it is resolved with.
      if (name === "then") return undefined;
      if (Object.hasOwn(target, name)) return Reflect.get(target, name);
      throw new Error(`a small runtime has no \`${String(name)}\``);
    },
  });
}

describe("no stream came to be", () => {
  test("nobody listens: failed, retriable, with the cause", async () => {
    const { url, close } = await complete();
    await close();
    server = undefined;
    const { outcome, error } = await connect(url, { retry: false }).ended;
    expect(outcome).toBe("failed");
    expect(error).toMatchObject({ name: "ConnectError", code: "CONNECT_FAILED", retriable: true });
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  test("a refusal in JSON is there to be read", async () => {
    const { url } = await serve((response) =>
      response.writeHead(402, { "content-type": "application/json" }).end('{"left":0}'),
    );
    const loop = async () => {
      for await (const _ of connect(url));
    };
    await expect(loop()).rejects.toMatchObject({
      status: 402,
      retriable: false,
      body: '{"left":0}',
    });
  });
});

describe("how the body ends", () => {
  test("FIN without a terminal: truncated", async () => {
    const { url } = await serve((response) => (begin(response, CHUNK), response.end()));
    expect(await connect(url, { retry: false }).ended).toMatchObject({
      outcome: "truncated",
      text: "a",
    });
  });

  test("RST: dropped", async () => {
    const { url } = await serve((response) => {
      begin(response, CHUNK);
      setImmediate(() => response.socket?.resetAndDestroy());
    });
    expect(await connect(url, { retry: false }).ended).toMatchObject({
      outcome: "dropped",
      error: { code: "DROPPED" },
    });
  });

  test("the terminal ends it, also when the server keeps the connection", async () => {
    const { url, left } = await serve((response) => begin(response, CHUNK + DONE));
    expect(await connect(url).ended).toMatchObject({ outcome: "completed" });
    await left();
  });
});

describe("leaving closes the connection, seen on the server", () => {
  test("break", async () => {
    const { url, left } = await endless();
    const stream = connect(url);
    for await (const _ of stream) break;
    await left();
    expect(await stream.ended).toMatchObject({ outcome: "aborted", text: "a" });
  });

  test("close(), before the first event was asked for", async () => {
    const { url, left } = await endless();
    const headed = Promise.withResolvers<void>();
    const own = async (...call: Parameters<typeof fetch>) => {
      const response = await fetch(...call);
      headed.resolve();
      return response;
    };
    const stream = connect(url, { fetch: own });
    await headed.promise;
    stream.close();
    expect(await stream.ended).toMatchObject({ outcome: "aborted" });
    await left();
  });

  test("abort in the middle", async () => {
    const { url, left } = await endless();
    const leaving = new AbortController();
    const stream = connect(url, { signal: leaving.signal });
    const loop = async () => {
      for await (const _ of stream) leaving.abort("stop");
    };
    await expect(loop()).rejects.toBe("stop");
    await left();
  });

  test("abort while the head is awaited", async () => {
    const began = Promise.withResolvers<void>();
    const { url, left } = await serve(() => began.resolve());
    const leaving = new AbortController();
    const stream = connect(url, { signal: leaving.signal });
    await began.promise;
    leaving.abort("too slow");
    expect(await stream.ended).toMatchObject({ outcome: "aborted", error: "too slow" });
    await left();
  });

  test("aborted before: no request is made at all", async () => {
    let sent = 0;
    const own = () => {
      sent += 1;
      return Promise.resolve(eventStream(DONE));
    };
    const stream = connect("http://local/", { fetch: own, signal: AbortSignal.abort("early") });
    expect(await stream.ended).toMatchObject({ outcome: "aborted", error: "early" });
    expect(sent).toBe(0);
  });
});
