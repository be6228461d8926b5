import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { createSSEParser, EVENT_STREAM, parseSSE } from "../../src/index.ts";
import { listen } from "../helpers/listen.ts";
import { isMissing, run } from "../helpers/program.ts";

/** Bytes and the messages in them, in no language's terms: a reader in any language can be held to them. */
interface Fixture {
  about: string;
  bytes: string;
  /** An absent name is empty; the id is the last one so far. */
  messages: Array<{ event: string; id: string; data: string }>;
}

const FOLDER = new URL("fixtures/", import.meta.url);
const READER = fileURLToPath(new URL("reader.py", import.meta.url));
const fixtures = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Fixture);

describe.for(fixtures)("$about", ({ bytes, messages }) => {
  test("this package's parser reads it so", () => {
    const seen: Fixture["messages"] = [];
    const parser = createSSEParser({
      onMessage: ({ event = "", data }) => seen.push({ event, data, id: parser.lastEventId ?? "" }),
    });
    parser.feed(Buffer.from(bytes));
    expect(seen).toEqual(messages);
  });

  test("this package's parser reads it so, byte by byte", () => {
    const slices = Array.from(Buffer.from(bytes), (byte) => Uint8Array.of(byte));
    expect(parseSSE(slices).map(({ data }) => data)).toEqual(messages.map(({ data }) => data));
  });

  test.skipIf(isMissing("python3"))("twenty lines of Python read it so", async () => {
    const { url, close } = await listen((_request, response) => {
      response.setHeader("Content-Type", EVENT_STREAM).end(bytes);
    });
    onTestFinished(close);
    const { rest } = run("python3", [READER, url]);
    expect((await rest()).map((line) => JSON.parse(line) as unknown)).toEqual(messages);
  });
});

test("the reader in Python is no longer than twenty lines", () => {
  expect(readFileSync(READER, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(20);
});
