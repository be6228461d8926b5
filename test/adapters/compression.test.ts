import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createGunzip, constants } from "node:zlib";
import compression from "compression";
import express from "express";
import express4 from "express4";
import { describe, expect, test } from "vitest";
import { streamEvents } from "../../src/adapters/express.ts";
import { payloadsOf } from "../helpers/frames.ts";
import { expectNoWarnings } from "../helpers/process-warnings.ts";
import type { Asked } from "../helpers/reader.ts";
import { openHttp, Reader } from "../helpers/reader.ts";
import { aborted, settled } from "../helpers/time.ts";
import type { Host } from "./host.ts";
import { endings, optionsOf, served } from "./host.ts";
import { serving } from "./serving.ts";

/** Without `no-transform` the middleware does compress. */
const COMPRESSED = { headers: { "Cache-Control": "private, no-cache" } };

function compressingHost(create: typeof express): Host {
  return {
    hasMiddleware: true,
    serve(route) {
      const app = create();
      app.use(compression({ threshold: 0 }));
      app.get("/stream", (request, response, next) => {
        void streamEvents(request, response, next, route.producer, optionsOf(route));
      });
      return served(createServer(app), (origin, asked) => openGzip(`${origin}/stream`, asked));
    },
  };
}

/** Reads as a browser does: asks for gzip, and decodes what comes as it comes. */
async function openGzip(url: string, asked: Asked = {}): Promise<Reader> {
  const raw = await openHttp(url, { ...asked, headers: { "Accept-Encoding": "gzip" } });
  if (raw.headers["content-encoding"] === undefined) return raw;
  const gunzip = createGunzip({ flush: constants.Z_SYNC_FLUSH });
  const decoded = new Reader(raw, {
    stall: () => raw.stall(),
    resume: () => raw.resume(),
    leave: () => raw.leave(),
  });
  raw.pipeTo((piece) => gunzip.write(piece));
  raw.rest().then(
    () => gunzip.end(),
    () => decoded.end(false),
  );
  gunzip.on("data", (piece: Buffer) => decoded.take(piece));
  gunzip.on("error", () => decoded.end(false));
  gunzip.on("end", () => decoded.end(true));
  return decoded;
}

describe.for([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s behind compression({ threshold: 0 })", ([, create]) => {
  expectNoWarnings();
  const serve = serving(compressingHost(create));

  describe.for([
    ["as it is", undefined, {}],
    ["compressed", "gzip", COMPRESSED],
  ] as const)("a stream that goes out %s", ([, encoding, options]) => {
    test("the first event can be read before the second is produced", async () => {
      const go = Promise.withResolvers<void>();
      const { open } = await serve({
        async producer(stream) {
          await stream.chunk("first");
          await go.promise;
          await stream.chunk("second");
        },
        options,
      });
      const reader = await open();
      expect(reader.headers["content-encoding"]).toBe(encoding);
      expect(await reader.until("first")).not.toContain("second");
      go.resolve();
      expect(payloadsOf(await reader.rest())).toEqual([
        { type: "chunk", content: "first" },
        { type: "chunk", content: "second" },
        "[DONE]",
      ]);
      expect(reader.isWhole).toBe(true);
    });

    test("the head and a heartbeat come through a silence", async () => {
      const { onEnd, first } = endings();
      const { open } = await serve({
        producer: (stream) => aborted(stream.signal).then(() => {}),
        options: { ...options, onEnd, heartbeatMs: 100 },
      });
      const reader = await open();
      expect(await reader.until(": heartbeat\n\n")).toMatch(/^: open heartbeatMs=100\n\n/);
      reader.leave();
      expect((await first).outcome).toBe("aborted");
    });

    test("a reader that stalls and leaves ends the work, after many waits for room", async () => {
      let sent = 0;
      const { onEnd, first } = endings();
      const { open } = await serve({
        async producer(stream) {
          while (stream.isOpen) {
            await stream.chunk(randomBytes(32 * 1024).toString("base64"));
            sent += 1;
          }
        },
        options: { ...options, onEnd, maxTextLength: 1 },
      });
      const reader = await open();
      await reader.atLeast(4 * 1024 * 1024);
      reader.stall();
      await settled(() => sent);
      reader.leave();
      expect((await first).outcome).toBe("aborted");
    });
  });
});
