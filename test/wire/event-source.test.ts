import { EventSource } from "eventsource";
import { expect, onTestFinished, test } from "vitest";
import { streamEvents } from "../../src/adapters/node.ts";
import type { BaseEvents, Producer } from "../../src/index.ts";
import { listen } from "../helpers/listen.ts";
import { openHttp } from "../helpers/reader.ts";

async function serve(producer: Producer<BaseEvents>, eventField = true): Promise<string> {
  const { url, close } = await listen((request, response) => {
    void streamEvents(request, response, producer, { eventField });
  });
  onTestFinished(close);
  return url;
}

/** What a page hears that listens by name, until the terminal. */
function heard(url: string, names: string[]): Promise<Array<[name: string, data: unknown]>> {
  const source = new EventSource(url);
  onTestFinished(() => source.close());
  const all: Array<[string, unknown]> = [];
  return new Promise((resolve) => {
    for (const name of [...names, "message", "error"])
      source.addEventListener(name, (event: Event) => {
        const data = (event as MessageEvent<string | undefined>).data;
        all.push([name, data]);
        if (data === "[DONE]" || data === undefined) resolve(all);
      });
  });
}

const NAMES = ["status", "chunk", "result"];

test("a native EventSource that listens by name hears each event under its name", async () => {
  const url = await serve(async (stream) => {
    stream.status("analyzing");
    await stream.chunk("ü");
    return { content: "ü" };
  });
  expect(await heard(url, NAMES)).toEqual([
    ["status", '{"type":"status","status":"analyzing"}'],
    ["chunk", '{"type":"chunk","content":"ü"}'],
    ["result", '{"type":"result","content":"ü"}'],
    ["message", "[DONE]"],
  ]);
});

test("a native EventSource does not take an error event for a broken connection", async () => {
  const url = await serve(async (stream) => {
    stream.status("analyzing");
    throw new Error("no");
  });
  const [, failed, terminal] = await heard(url, NAMES);
  expect(failed).toEqual(["message", expect.stringContaining('"type":"error"')]);
  expect(terminal).toEqual(["message", "[DONE]"]);
});

test("no error is named on the wire, whoever sends it", async () => {
  for (const producer of [
    () => Promise.reject(new Error("no")),
    (async (stream) => void (await stream.error({ message: "no" }))) satisfies Producer<BaseEvents>,
    async function* () {
      yield { type: "error", message: "no" } as const;
    },
  ] satisfies Producer<BaseEvents>[]) {
    const text = await (await openHttp(await serve(producer))).rest();
    expect(text).toContain('data: {"type":"error"');
    expect(text).not.toContain("event:");
  }
});

test("without eventField all events come as message, for those who listen to that", async () => {
  const url = await serve(() => ({ content: "x" }), false);
  expect(await heard(url, NAMES)).toEqual([
    ["message", '{"type":"result","content":"x"}'],
    ["message", "[DONE]"],
  ]);
});
