import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { createAnalyst } from "../../examples/stock-analyst/app/analyst.mjs";
import { analystEvents } from "../../examples/stock-analyst/app/events.mjs";
import { start } from "../../examples/stock-analyst/hosts/node.mjs";
import { connect } from "ssekit/client";
import { listen } from "../helpers/listen.ts";

const SECRET = "sk-secret-of-the-model";

interface ModelRequest {
  model: string;
  stream: boolean;
  messages: { role: string; content: string }[];
}
type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** The demo, whose words come from a model server that answers as `answer` says. */
async function demoWithModel(answer: Answer) {
  const asked: { path: string; body: ModelRequest }[] = [];
  const model = await listen((request, response) => {
    const serve = async () => {
      const body = (await json(request)) as ModelRequest;
      asked.push({ path: request.url ?? "", body });
      answer(response, request);
    };
    void serve();
  });
  closers.push(model.close);
  const env = { OPENAI_BASE_URL: `${model.url}/v1`, OPENAI_API_KEY: SECRET, OPENAI_MODEL: "tiny" };
  const analyst = createAnalyst({ pace: { phaseMs: 0, wordMs: 0 }, env });
  const host = await start(0, { analyst });
  closers.push(host.close);
  const ask = () =>
    connect(`${host.url}/api/runs`, {
      method: "POST",
      json: { message: "How did Apple do since 2005?" },
      events: analystEvents,
    });
  return { host, asked, ask, runs: analyst.book };
}

const token = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const head = (response: ServerResponse) =>
  response.writeHead(200, { "Content-Type": "text/event-stream" });

describe("with a model behind the analyst", () => {
  test("the words are the model's, told the figures that were computed", async () => {
    const { ask, asked, runs } = await demoWithModel((response) => {
      head(response).write(token("Apple grew "));
      response.write(token("a lot."));
      response.end("data: [DONE]\n\n");
    });
    const stream = ask();
    const chunks: string[] = [];
    for await (const event of stream) if (event.type === "chunk") chunks.push(event.content);
    expect(chunks.join("")).toBe("Apple grew a lot.");
    expect(await stream.ended).toMatchObject({
      outcome: "completed",
      result: { content: "Apple grew a lot.", sources: [{ title: "Apple (AAPL)" }] },
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      path: "/v1/chat/completions",
      body: { model: "tiny", stream: true },
    });
    const facts = JSON.parse(asked[0]!.body.messages.at(-1)!.content);
    expect(facts).toMatchObject({
      figures: [{ symbol: "AAPL", firstPrice: 38.45, lastPrice: 223.02 }],
    });
    expect(runs.list()[0]).toMatchObject({ state: "completed", characters: 17 });
  });

  test("a stop closes the connection to the model within 300 ms", async () => {
    const modelLost = Promise.withResolvers<number>();
    const { ask, runs } = await demoWithModel((response) => {
      head(response).write(token("Apple "));
      void once(response, "close").then(() => modelLost.resolve(Date.now()));
    });
    const stream = ask();
    let stoppedAt = Infinity;
    for await (const event of stream) {
      if (event.type !== "chunk") continue;
      stoppedAt = Date.now();
      const answer = await fetch(stream.save()!.url, { method: "DELETE" });
      expect(await answer.json()).toEqual({ stopped: true });
    }
    expect(await stream.ended).toMatchObject({
      outcome: "aborted",
      error: { event: { code: "ABORTED" } },
    });
    expect((await modelLost.promise) - stoppedAt).toBeLessThan(300);
    await expect.poll(() => runs.list()[0]?.state).toBe("aborted");
    expect(runs.list()[0]!.graphEndedAt! - stoppedAt).toBeLessThan(300);
  });

  test.each<[string, Answer]>([
    [
      "a refusal of the model",
      (response) =>
        void response
          .writeHead(401)
          .end(JSON.stringify({ error: { message: `bad key ${SECRET}` } })),
    ],
    [
      "an error amid the model's words",
      (response) =>
        void head(response).end(
          `${token("Apple ")}data: ${JSON.stringify({ error: { message: `out of memory, ${SECRET}` } })}\n\n`,
        ),
    ],
    ["a model that ends without a word", (response) => void head(response).end("data: [DONE]\n\n")],
  ])("%s becomes a masked error event, last before [DONE]", async (_name, answer) => {
    const { host, runs } = await demoWithModel(answer);
    const response = await fetch(`${host.url}/api/runs`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ message: "How did Apple do?" }),
    });
    expect(response.status).toBe(200);
    const wire = await response.text();
    const frames = wire.trimEnd().split("\n\n");
    expect(frames.at(-1)).toMatch(/^id: \d+-\d+\ndata: \[DONE\]$/);
    const error = JSON.parse(frames.at(-2)!.replace(/^id: \S+\ndata: /, ""));
    expect(error).toEqual({
      type: "error",
      message: expect.any(String),
      code: expect.any(String),
      errorId: expect.any(String),
    });
    expect(wire).not.toContain("secret");
    expect(wire).not.toContain("out of memory");
    expect(wire).not.toContain('"type":"result"');
    expect(runs.list()[0]).toMatchObject({ state: "failed", errorId: error.errorId });
  });
});
