import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../src/client/index.ts";
import { begin, wireServer, type WireServer } from "../helpers/wire-server.ts";

const QUICK = { reconnectionTimeMs: 1, maxDelayMs: 5 };
const chunk = (content: string, id?: string) =>
  `${id === undefined ? "" : `id: ${id}\n`}data: {"type":"chunk","content":"${content}"}\n\n`;
const DONE = "data: [DONE]\n\n";

let server: WireServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Answers the attempts one after another; the last script answers all that come after. */
async function attempts(...scripts: Array<(response: ServerResponse) => unknown>) {
  let attempt = 0;
  server = await wireServer((response) =>
    scripts[Math.min(attempt++, scripts.length - 1)]?.(response),
  );
  return server;
}

const cutAfter =
  (text: string, headers = {}) =>
  (response: ServerResponse) => {
    begin(response, text, headers);
    setImmediate(() => response.socket?.resetAndDestroy());
  };
const whole = (text: string) => (response: ServerResponse) => {
  begin(response, text);
  response.end();
};

async function read(stream: ReturnType<typeof connect>) {
  const events: unknown[] = [];
  for await (const event of stream) events.push(event);
  return { events, ...(await stream.ended) };
}

describe("a GET that was cut", () => {
  test("comes back behind the last event, and gets each once", async () => {
    const { url, asked } = await attempts(
      cutAfter(chunk("a", "7-1") + chunk("b", "7-2")),
      whole(chunk("b", "7-2") + chunk("c", "7-3") + DONE),
    );
    const { text, outcome } = await read(connect(url, { retry: QUICK }));
    expect({ text, outcome }).toEqual({ text: "abc", outcome: "completed" });
    expect(asked.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "7-2"]);
  });

  test("and has no ids starts over, and says so before the first repeated event", async () => {
    const { url } = await attempts(cutAfter(chunk("a")), whole(chunk("a") + chunk("b") + DONE));
    const { events, text } = await read(connect(url, { retry: QUICK }));
    expect(events.map((event) => (event as { type: string }).type)).toEqual([
      "chunk",
      "reset",
      "chunk",
      "chunk",
    ]);
    expect(text).toBe("ab");
  });
});

describe("a server that ends connections on purpose", () => {
  test("before it has told anything is not asked again and again without a pause", async () => {
    const { url, asked } = await attempts(whole('data: {"type":"rotate"}\n\n'));
    const stream = connect(url, { retry: { reconnectionTimeMs: 60_000, random: () => 1 } });
    const ended = stream.ended;
    await expect.poll(() => stream.getSnapshot().state, { interval: 1 }).toBe("waiting");
    stream.close();
    expect((await ended).outcome).toBe("aborted");
    // The first one may be a plan: it is answered at once.
    expect(asked).toHaveLength(2);
  });

  test("is come back to at once when it has told something, and nothing starts over", async () => {
    const { url } = await attempts(
      whole(`${chunk("a", "7-1")}data: {"type":"rotate"}\n\n`),
      whole(chunk("b", "7-2") + DONE),
    );
    const { text, events } = await read(connect(url, { retry: { reconnectionTimeMs: 60_000 } }));
    expect(text).toBe("ab");
    expect(events).toHaveLength(2);
  });
});

describe("a POST that was cut", () => {
  test("without a way back is never sent twice", async () => {
    const { url, asked } = await attempts(cutAfter(chunk("a", "7-1")));
    const { outcome } = await connect(url, { json: {}, retry: QUICK }).ended;
    expect(outcome).toBe("dropped");
    expect(asked).toHaveLength(1);
  });

  test("comes back by GET to where its answer says", async () => {
    const { url, asked } = await attempts(
      cutAfter(chunk("a", "7-1"), { "content-location": "/runs/1" }),
      whole(chunk("b", "7-2") + DONE),
    );
    const { outcome, text } = await connect(url, { json: {}, retry: QUICK }).ended;
    expect({ text, outcome }).toEqual({ text: "ab", outcome: "completed" });
    expect(asked.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      "POST /",
      "GET /runs/1",
    ]);
    expect(asked[1]?.headers).not.toHaveProperty("content-type");
  });
});
