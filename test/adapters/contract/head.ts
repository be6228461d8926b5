import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { framesOf, payloadsOf } from "../../helpers/frames.ts";
import { aborted, median, tries } from "../../helpers/time.ts";
import type { Host } from "../host.ts";
import { endings } from "../host.ts";
import type { Serve } from "../serving.ts";

const SILENT = {
  producer: ({ signal }: { signal: AbortSignal }) => aborted(signal).then(() => {}),
};

/** What leaves before the first event. */
export function headContract(serve: Serve): void {
  test("a source that is silent for minutes does not keep its reader waiting for the head", async () => {
    const served = await serve(SILENT);
    const took = await tries(5, async () => {
      const start = performance.now();
      const reader = await served.open();
      await reader.until("\n\n");
      const ms = performance.now() - start;
      expect(reader.text).toBe(": open heartbeatMs=15000\n\n");
      reader.leave();
      return ms;
    });
    expect(median(took)).toBeLessThan(50);
  });

  test("the first comment tells how long a silence may be, also when none is promised", async () => {
    const served = await serve({ ...SILENT, options: { heartbeatMs: 0 } });
    const reader = await served.open();
    expect(await reader.until("\n\n")).toBe(": open heartbeatMs=0\n\n");
  });

  test("a silence is filled with heartbeats, and only with them", async () => {
    const served = await serve({ ...SILENT, options: { heartbeatMs: 100 } });
    const reader = await served.open();
    await reader.until(": heartbeat\n\n: heartbeat\n\n");
    expect(new Set(framesOf(reader.text))).toEqual(
      new Set([": open heartbeatMs=100", ": heartbeat"]),
    );
  });

  test("a proxy that buffers, caches or sniffs is told not to, and the hop's own headers are left alone", async () => {
    const served = await serve({ producer: () => ({ content: "" }) });
    const { status, headers } = await served.open();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "private, no-cache, no-store, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    // The host itself may say that it writes in chunks and keeps the connection: nothing else may be said.
    const ofTheHost = new Set(["date", "connection", "keep-alive", "transfer-encoding"]);
    const ours = Object.keys(headers).filter((name) => !ofTheHost.has(name));
    expect(ours.toSorted()).toEqual([
      "cache-control",
      "content-type",
      "x-accel-buffering",
      "x-content-type-options",
    ]);
  });
}

/** Whose headers they are. */
export function headersContract(serve: Serve, { hasMiddleware }: Host): void {
  if (hasMiddleware) middlewareContract(serve);

  test("CORS headers, cookies and Vary of the app stay when the stream takes over", async () => {
    const served = await serve({
      producer: () => {},
      headersBefore: [
        ["Access-Control-Allow-Origin", "https://app.example"],
        ["Access-Control-Allow-Credentials", "true"],
        ["Vary", "Origin"],
        ["Set-Cookie", "session=1; HttpOnly"],
        ["Set-Cookie", "theme=dark"],
      ],
    });
    const { headers } = await served.open();
    expect(headers).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-credentials": "true",
      vary: "Origin",
      "set-cookie": ["session=1; HttpOnly", "theme=dark"],
      "content-type": "text/event-stream",
    });
  });

  test("the headers option adds to the stream's own and may replace them, cookies among them", async () => {
    const headers = new Headers({ "X-Run": "7", "Cache-Control": "no-cache" });
    headers.append("Set-Cookie", "a=1");
    headers.append("Set-Cookie", "b=2");
    const served = await serve({ producer: () => {}, options: { headers } });
    const reader = await served.open();
    expect(reader.headers).toMatchObject({
      "x-run": "7",
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
      "set-cookie": ["a=1", "b=2"],
    });
  });
}

/** Headers that were there before the stream. */
function middlewareContract(serve: Serve): void {
  test("a length or type that middleware guessed does not cut or rename the stream", async () => {
    const served = await serve({
      producer: () => ({ content: "all of it" }),
      headersBefore: [
        ["Content-Type", "text/html"],
        ["Content-Length", "7"],
        ["X-Accel-Buffering", "yes"],
      ],
    });
    const reader = await served.open();
    expect(reader.headers).toMatchObject({
      "content-type": "text/event-stream",
      "x-accel-buffering": "no",
    });
    expect(payloadsOf(await reader.rest()).at(-1)).toBe("[DONE]");
  });
}

/** What leaves after it. */
export function framesContract(serve: Serve): void {
  test("no event arrives torn, or merged with its neighbour, however many are sent at once", async () => {
    const { onEnd, first } = endings();
    const served = await serve({
      async producer(stream) {
        for (let n = 0; n < 200; n += 1) {
          void stream.chunk(`line ${n}\nü\r`);
          if (n % 7 === 0) await turn();
        }
        return { content: "done" };
      },
      options: { heartbeatMs: 100, onEnd },
    });
    const reader = await served.open();
    const text = await reader.rest();
    for (const piece of reader.pieces) expect(piece.toString("utf8")).toMatch(/\n\n$/);
    expect(payloadsOf(text)).toEqual([
      ...Array.from({ length: 200 }, (_, n) => ({ type: "chunk", content: `line ${n}\nü\r` })),
      { type: "result", content: "done" },
      "[DONE]",
    ]);
    expect(reader.isWhole).toBe(true);
    expect(await first).toMatchObject({ outcome: "completed", counts: { delivered: 201 } });
  });

  test.each<[string, (n: number) => string]>([
    ["ASCII alone", (n) => `token ${n}`],
    ["Latin-1", (n) => `größe ${n}`],
    ["ASCII, with one character of two bytes", (n) => (n === 500 ? "é" : `token ${n}`)],
    ["other scripts", (n) => `世界 ${n}`],
    ["emoji", (n) => `🙂 ${n}`],
  ])("a long burst of %s has the very bytes of UTF-8", async (_, content) => {
    const { onEnd, first } = endings();
    const contents = Array.from({ length: 1_000 }, (__, n) => content(n));
    const served = await serve({
      producer: (stream) => {
        for (const text of contents) void stream.chunk(text);
      },
      options: { onEnd },
    });
    const reader = await served.open();
    const body = (await reader.rest()).slice(reader.pieces[0]?.toString("utf8").length);
    const frames = contents.map(
      (text) => `data: ${JSON.stringify({ type: "chunk", content: text })}\n\n`,
    );
    expect(body).toBe(`${frames.join("")}data: [DONE]\n\n`);
    expect((await first).counts.bytes).toBe(reader.bytes);
  });

  test("an event larger than every buffer on the way arrives whole", async () => {
    const content = "grün ".repeat(200_000);
    const served = await serve({ producer: () => ({ content }) });
    const reader = await served.open();
    expect(payloadsOf(await reader.rest())).toEqual([{ type: "result", content }, "[DONE]"]);
  });

  test("the server's records count the very bytes that the reader got", async () => {
    const { onEnd, first } = endings();
    const served = await serve({ producer: () => ({ content: "ü" }), options: { onEnd } });
    const reader = await served.open();
    await reader.rest();
    expect((await first).counts).toEqual({
      accepted: 1,
      refused: 0,
      delivered: 1,
      bytes: reader.bytes,
    });
  });
}
