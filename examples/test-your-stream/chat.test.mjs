import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { readEvents } from "ssekit/client";
import { chat } from "./chat.mjs";

const request = () => new Request("http://test/api/chat", { method: "POST" });

test("an answer is told word by word, then as a result", async () => {
  async function* answer() {
    yield* ["one", "two", "three"];
  }
  const stream = readEvents(chat(request(), { answer }));
  const types = [];
  for await (const event of stream) types.push(event.type);
  assert.deepEqual(types, ["status", "chunk", "chunk", "chunk", "result"]);
  const { outcome, text, result } = await stream.ended;
  assert.deepEqual(
    { outcome, text, result },
    { outcome: "completed", text: "onetwothree", result: { words: 3 } },
  );
});

test("the model stops when the reader leaves", async () => {
  let heard;
  async function* answer(signal) {
    heard = signal;
    yield "one";
    await once(signal, "abort");
  }
  const ended = Promise.withResolvers();
  const response = chat(request(), { answer, onEnd: (outcome) => ended.resolve(outcome) });
  for await (const event of readEvents(response)) if (event.type === "chunk") break;
  assert.equal(await ended.promise, "aborted");
  assert.equal(heard.aborted, true);
});
