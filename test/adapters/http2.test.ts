import { once } from "node:events";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { connect, constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { json, text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { streamEvents } from "../../src/adapters/node.ts";
import type { Asked, Reader } from "../helpers/reader.ts";
import { openHttp2 } from "../helpers/reader.ts";
import { expectNoWarnings } from "../helpers/process-warnings.ts";
import { aborted } from "../helpers/time.ts";
import { adapterContract } from "./adapter-contract.ts";
import { stalledEndContract } from "./contract/slow-reader.ts";
import type { Host } from "./host.ts";
import { endings, optionsOf, served } from "./host.ts";
import { serving } from "./serving.ts";

const http2Host: Host = {
  hasMiddleware: true,
  serve(route) {
    const handle = async (request: Http2ServerRequest, response: Http2ServerResponse) => {
      if (request.method === "POST") await json(request);
      for (const [name, value] of route.headersBefore ?? []) response.appendHeader(name, value);
      await route.before?.();
      await streamEvents(request, response, route.producer, optionsOf(route));
    };
    const server = createServer((request, response) => void handle(request, response));
    return served(server, (origin, asked) => openHttp2(origin, "/stream", asked));
  },
};

adapterContract("node:http2", http2Host);

describe("node:http2 on its own", () => {
  expectNoWarnings();
  stalledEndContract(serving(http2Host));

  test("a tab that closes one stream ends that one, and not its neighbour on the connection", async () => {
    const { onEnd, first, all } = endings();
    const server = createServer((request, response) => {
      const neighbour = request.url === "/neighbour";
      void streamEvents(
        request,
        response,
        async (stream) => {
          if (!neighbour) return void (await aborted(stream.signal));
          await first;
          return { content: "still here" };
        },
        { ...(!neighbour && { onEnd }) },
      );
    });
    const { close } = await served(server, openHttp2AtRoot);
    onTestFinished(close);
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const tab = session.request({ ":path": "/tab" });
    const neighbour = session.request({ ":path": "/neighbour" });
    await Promise.all([once(tab, "data"), once(neighbour, "response")]);
    tab.close(constants.NGHTTP2_CANCEL);
    expect(await text(neighbour)).toContain('{"type":"result","content":"still here"}');
    expect(all.map(({ outcome }) => outcome)).toEqual(["aborted"]);
    session.close();
  });

  test("a tab that stalls loses its one stream, and not its neighbour on the connection", async () => {
    const { onEnd, first } = endings();
    const server = createServer((request, response) => {
      if (request.url === "/neighbour") {
        void streamEvents(request, response, () => first.then(() => ({ content: "still here" })));
      } else {
        const content = "x".repeat(1024 * 1024);
        void streamEvents(request, response, () => ({ content }), { onEnd, stallMs: 300 });
      }
    });
    const { close } = await served(server, openHttp2AtRoot);
    onTestFinished(close);
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    session.request({ ":path": "/tab" }).pause();
    const neighbour = session.request({ ":path": "/neighbour" });
    expect(await text(neighbour)).toContain('{"type":"result","content":"still here"}');
    expect((await first).outcome).toBe("dropped");
    session.close();
  });
});

function openHttp2AtRoot(origin: string, asked?: Asked): Promise<Reader> {
  return openHttp2(origin, "/", asked);
}
