import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { constants, createBrotliDecompress, createGunzip } from "node:zlib";
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
      return served(createServer(app), (origin, asked) => openEncoded(`${origin}/stream`, asked));
    },
  };
}

const DECODERS = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
};

/** Reads as a browser does: decodes what comes as it comes. */
async function openEncoded(url: string, asked: Asked = {}): Promise<Reader> {
  const raw = await openHttp(url, asked);
  const encoding = raw.headers["content-encoding"];
  if (encoding === undefined) return raw;
  const decoder = DECODERS[encoding as keyof typeof DECODERS]();
  const decoded = new Reader(raw, {
    stall: () => raw.stall(),
    resume: () => raw.resume(),
    leave: () => raw.leave(),
  });
  raw.pipeTo((piece) => decoder.write(piece));
  raw.rest().then(
    () => decoder.end(),
    () => decoded.end(false),
  );
  decoder.on("data", (piece: Buffer) => decoded.take(piece));
  decoder.on("error", () => decoded.end(false));
  decoder.on("end", () => decoded.end(true));
  return decoded;
}

describe.for([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s behind compression({ threshold: 0 })", ([, create]) => {
  expectNoWarnings();
  const serve = serving(compressingHost(create));

  describe.for([
    ["as it is", "gzip, br", undefined, {}],
    ["as gzip", "gzip", "gzip", COMPRESSED],
    ["as brotli, which browsers prefer", "gzip, deflate, br", "br", COMPRESSED],
  ] as const)("a stream that goes out %s", ([, accepted, encoding, options]) => {
    const asked = { headers: { "Accept-Encoding": accepted } };

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
      const reader = await open(asked);
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
      const reader = await open(asked);
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
      const reader = await open(asked);
      await reader.atLeast(4 * 1024 * 1024);
      reader.stall();
      await settled(() => sent);
      reader.leave();
      expect((await first).outcome).toBe("aborted");
    });
  });
});
