import { createAdaptorServer } from "@hono/node-server";
import { describe, expect, test } from "vitest";
import { streamEvents } from "../../src/index.ts";
import { openHttp, readBody } from "../helpers/reader.ts";
import { heldBytes } from "../helpers/memory.ts";
import { adapterContract } from "./adapter-contract.ts";
import type { Host, Route } from "./host.ts";
import { endings, optionsOf, served } from "./host.ts";

/** What a fetch server runs: Request to Response. */
function handlerOf(route: Route): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === "POST") await request.json();
    await route.before?.();
    const response = await streamEvents(request, route.producer, optionsOf(route));
    for (const [name, value] of route.headersBefore ?? []) response.headers.append(name, value);
    return response;
  };
}

const servedFetch: Host = {
  hasMiddleware: false,
  serve(route) {
    const server = createAdaptorServer({ fetch: handlerOf(route) });
    return served(server, openHttp);
  },
};

/** No server at all: the runtime either aborts the request or cancels the body. */
function directFetch(leaveBy: "abort" | "cancel"): Host {
  return {
    hasMiddleware: false,
    async serve(route) {
      const handle = handlerOf(route);
      return {
        async open({ method = "GET", headers = {}, json, signal } = {}) {
          const leaving = new AbortController();
          signal?.addEventListener("abort", () => leaving.abort(), { once: true });
          const request = new Request("http://host.example/stream", {
            method,
            headers,
            signal: leaving.signal,
            ...(json !== undefined && { body: JSON.stringify(json) }),
          });
          return readBody(await handle(request), (cancel) => {
            if (leaveBy === "cancel") cancel();
            else leaving.abort();
          });
        },
        connections: () => 0,
        close: () => Promise.resolve(),
      };
    },
  };
}

adapterContract("a fetch server on Node", servedFetch);
adapterContract("a fetch handler whose request is aborted", directFetch("abort"));
adapterContract("a fetch handler whose body is cancelled", directFetch("cancel"));

describe("a fetch handler on its own", () => {
  test("a Response that setup throws is the answer, as it is", async () => {
    const answer = new Response("Please log in.", { status: 401 });
    const { onEnd, first } = endings();
    const setup = () => Promise.reject(answer);
    const request = new Request("http://host.example/");
    expect(await streamEvents(request, () => {}, { setup, onEnd })).toBe(answer);
    expect(await first).toMatchObject({ outcome: "failed", error: answer });
  });

  test("an error of setup that names no status is the host's own, not swallowed", async () => {
    const refusal = new Error("postgres is away");
    const setup = () => Promise.reject(refusal);
    const request = new Request("http://host.example/");
    await expect(streamEvents(request, () => {}, { setup })).rejects.toBe(refusal);
  });

  test("a request that was aborted before costs no model's answer", async () => {
    const { onEnd, first } = endings();
    let ran = false;
    const request = new Request("http://host.example/", { signal: AbortSignal.abort("gone") });
    const response = streamEvents(request, () => void (ran = true), { onEnd });
    expect(await response.text()).not.toContain("[DONE]");
    expect(await first).toMatchObject({ outcome: "aborted", error: "gone" });
    expect(ran).toBe(false);
  });

  test("a request that nobody holds any more still tells that its reader left", async () => {
    const leaving = new AbortController();
    const { onEnd, first } = endings();
    // Node's Request stops following its signal once it is garbage.
    const respond = () =>
      streamEvents(
        new Request("http://host.example/", { signal: leaving.signal }),
        async (stream) => {
          stream.status("analyzing");
          await new Promise((resolve) => stream.signal.addEventListener("abort", resolve));
        },
        { onEnd },
      );
    const reader = readBody(respond(), () => {});
    await reader.until("analyzing");
    for (let turns = 0; turns < 3; turns += 1) {
      heldBytes();
      await new Promise(setImmediate);
    }
    leaving.abort();
    await reader.rest();
    expect((await first).outcome).toBe("aborted");
  });
});
