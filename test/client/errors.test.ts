import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { connect, SSEError, type ConnectOptions } from "../../src/client/index.ts";
import { defineEvents } from "../../src/index.ts";
import { begin, wireServer } from "../helpers/wire-server.ts";

/** Stands in every payload. No message may quote it. */
const MARK = "s3cret-payload";
const CHUNK = `data: {"type":"chunk","content":"${MARK}"}\n\n`;
const events = defineEvents({ price: z.object({ value: z.number() }) });
type Options = ConnectOptions<typeof events>;

let close: (() => Promise<unknown>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

/** Serves HTTP, reads to the end without coming back, and answers what became of it. */
async function run(script: (response: ServerResponse) => unknown, options: Options = {}) {
  const server = await wireServer(script);
  ({ close } = server);
  return read(server.url, options);
}

/** Serves bytes that need not be HTTP. */
async function runRaw(serve: (socket: Socket) => unknown, options: Options = {}) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => serve(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  close = async () => void server.close();
  return read(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, options);
}

async function read(url: string, options: Options) {
  const { error, outcome } = await connect(url, { events, retry: false, ...options }).ended;
  quotesNothing(error);
  return { error, outcome };
}

/** Whatever is written to a log of an error and all that is underneath it. */
function quotesNothing(error: unknown): void {
  for (let one = error; one instanceof Error; one = one.cause) {
    expect(`${one.message}\n${one.stack}\n${String(one)}`).not.toContain(MARK);
    // What is meant to hold data says so; nothing else does, whatever made the error.
    const { body: _, event: __, ...fields } = one as Error & { body?: unknown; event?: unknown };
    expect(inspect(fields, { depth: Infinity, maxStringLength: null })).not.toContain(MARK);
  }
}

describe("each way to fail has its own class and code, and quotes no payload", () => {
  test.each([
    ["application/json", `{"error":"${MARK}"}`, 422],
    ["text/html", `<h1>${MARK}</h1>`, 500],
  ])("an HTTP error with %s", async (type, body, status) => {
    const end = await run((response) =>
      response.writeHead(status, { "content-type": type }).end(body),
    );
    expect(end).toMatchObject({
      outcome: "failed",
      error: { name: "ConnectError", code: "CONNECT_REFUSED", status, body, attempt: 1 },
    });
  });

  test.each(["text/html", "application/json", "text/event-streams", undefined])(
    "a page with 200 and the type %s",
    async (type) => {
      const end = await run((response) =>
        response.writeHead(200, type === undefined ? {} : { "content-type": type }).end(CHUNK),
      );
      expect(end).toMatchObject({
        outcome: "failed",
        error: { code: "NOT_AN_EVENT_STREAM", status: 200, body: CHUNK, retriable: false },
      });
      expect((end.error as Error).message).toBe(
        `expected 200 text/event-stream, got 200 ${type ?? "no type"}`,
      );
    },
  );

  test("nobody listens", async () => {
    const server = await wireServer(() => {});
    await server.close();
    expect(await read(server.url, {})).toMatchObject({
      outcome: "failed",
      error: { name: "ConnectError", code: "CONNECT_FAILED", retriable: true, attempt: 1 },
    });
  });

  test("a host that is none", async () => {
    const { error } = await read(`http://nowhere.invalid/${MARK}`, {});
    expect(error).toMatchObject({ code: "CONNECT_FAILED" });
    expect(error).not.toHaveProperty("status");
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  test.each([
    ["cut in the head", "HTTP/1.1 200 OK\r\nContent-Type: text/ev"],
    ["that is no HTTP", `${MARK}\r\n\r\n`],
  ])("a response %s", async (_, bytes) => {
    expect(await runRaw((socket) => socket.end(bytes))).toMatchObject({
      outcome: "failed",
      error: { code: "CONNECT_FAILED", retriable: true },
    });
  });

  test("a body that breaks, in a chunk and between chunks", async () => {
    const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked";
    for (const rest of [`\r\n\r\nff\r\n${CHUNK}`, `\r\n\r\n${MARK}`]) {
      expect(await runRaw((socket) => socket.end(head + rest))).toMatchObject({
        outcome: "dropped",
        error: { name: "StreamCutError", code: "DROPPED" },
      });
      await close?.();
    }
  });

  test("a body that ends without its terminal", async () => {
    const end = await run((response) => (begin(response, CHUNK), response.end()));
    expect(end).toMatchObject({ outcome: "truncated", error: { code: "TRUNCATED" } });
  });

  test("a line that never ends", async () => {
    const end = await run(
      (response) => {
        begin(response, "data: ");
        const more = () => {
          while (!response.destroyed && response.write(MARK.repeat(500)));
        };
        response.on("drain", more);
        more();
      },
      { maxEventBytes: 100_000 },
    );
    expect(end).toMatchObject({
      outcome: "failed",
      error: { name: "DecodeError", code: "EVENT_TOO_LARGE" },
    });
  });

  test.each([
    ["bad JSON", `data: {"type":"chunk","content":"${MARK}`, { code: "INVALID_JSON" }],
    [
      "a schema's mismatch",
      `data: {"type":"price","value":"${MARK}"}`,
      { code: "INVALID_EVENT", field: "value" },
    ],
    ["a field of the wrong kind", `data: {"type":"price","value":{"${MARK}":1}}`, {}],
  ])("%s", async (_, text, error) => {
    const end = await run((response) => begin(response, `${text}\n\n`));
    expect(end).toMatchObject({ outcome: "failed", error: { name: "DecodeError", ...error } });
  });

  test("an error that the server tells", async () => {
    const told = { type: "error", message: MARK, code: "INTERNAL" };
    const end = await run((response) => begin(response, `data: ${JSON.stringify(told)}\n\n`));
    // It has told how it ended; the body may end, or not.
    expect(end).toMatchObject({
      outcome: "failed",
      error: { name: "RemoteError", code: "REMOTE_ERROR", event: told },
    });
  });

  test("silence", async () => {
    const end = await run((response) => begin(response, CHUNK), { silenceMs: 50 });
    expect(end).toMatchObject({ outcome: "dropped", error: { code: "STALLED" } });
  });

  test("no response in time", async () => {
    const end = await run(() => {}, { connectMs: 50 });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "CONNECT_TIMEOUT" } });
  });

  test("all of them are SSEErrors, but for what is mine: my reason to abort", async () => {
    const mine = { by: "me" };
    const early = await read("http://127.0.0.1:9/", { signal: AbortSignal.abort(mine) });
    expect(early).toEqual({ outcome: "aborted", error: mine });
    const leaving = new AbortController();
    const late = await run(
      (response) => (begin(response, CHUNK), setImmediate(() => leaving.abort(mine))),
      { signal: leaving.signal },
    );
    expect(late).toEqual({ outcome: "aborted", error: mine });
    const { error } = await run((response) => response.writeHead(500).end());
    expect(error).toBeInstanceOf(SSEError);
  });
});
