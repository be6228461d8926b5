import { afterEach, describe, expect, test, vi } from "vitest";
import { connect } from "../../src/client/index.ts";
import { chunk, DONE } from "../helpers/scripted-fetch.ts";

afterEach(() => vi.unstubAllGlobals());

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

/** A response of which only what every runtime has is there. */
function small(text: string, headers: Record<string, string> = {}): Response {
  const chunks = [new TextEncoder().encode(text)];
  const read = () => Promise.resolve({ done: chunks.length === 0, value: chunks.shift() });
  const reader = only({ read, cancel: () => Promise.resolve() });
  const all: Record<string, string> = { "content-type": "text/event-stream", ...headers };
  return only({
    status: 200,
    url: "",
    redirected: false,
    headers: only({ get: (name: string) => all[name.toLowerCase()] ?? null }),
    body: only({ getReader: () => reader }),
  }) as unknown as Response;
}

describe("a runtime with fetch, getReader and TextDecoder, and little else", () => {
  test("is enough to send, to read, to be cut and to come back", async () => {
    for (const name of ["Request", "ReadableStream", "TransformStream", "TextDecoderStream"]) {
      vi.stubGlobal(name, undefined);
    }
    for (const name of ["Response", "EventSource", "window", "document", "location"]) {
      vi.stubGlobal(name, undefined);
    }
    const calls: Array<[string, RequestInit]> = [];
    const fetch = (...call: [string, RequestInit]) => {
      calls.push(call);
      return Promise.resolve(
        calls.length === 1
          ? small(chunk("a", "7-1"), { "content-location": "/runs/1" })
          : small(chunk("b", "7-2") + DONE),
      );
    };
    const retry = { reconnectionTimeMs: 0 };
    const stream = connect("http://local/chat", { json: {}, fetch, retry });
    expect(await stream.ended).toMatchObject({ outcome: "completed", text: "ab" });
    expect(calls.map(([url, { method = "GET" }]) => `${method} ${url}`)).toEqual([
      "POST http://local/chat",
      "GET http://local/runs/1",
    ]);
    expect(Object.keys(calls[0]?.[1] ?? {}).toSorted()).toEqual([
      "body",
      "headers",
      "method",
      "signal",
    ]);
  });

  test("the global fetch is asked in the same way", async () => {
    const calls: unknown[][] = [];
    vi.stubGlobal("fetch", (...call: unknown[]) => {
      calls.push(call);
      return Promise.resolve(small(chunk("a") + DONE));
    });
    expect(await connect(new URL("http://local/")).ended).toMatchObject({ text: "a" });
    expect(calls).toMatchObject([["http://local/", { method: "GET" }]]);
  });
});
