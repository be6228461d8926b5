import { describe, expect, test, vi } from "vitest";
import type { MessageStream, SSEMessage } from "../../src/client/index.ts";
import { connectMessages, readMessages } from "../../src/client/index.ts";
import { attempts, cutAfter, open, whole } from "../helpers/attempts.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";

const QUICK = { reconnectionTimeMs: 1, maxDelayMs: 5 };
const DONE = "data: [DONE]\n\n";

/** Reads to the end. What the loop throws is an answer too. */
async function readAll(stream: MessageStream) {
  const messages: unknown[] = [];
  let thrown: unknown;
  try {
    for await (const message of stream) messages.push(message);
  } catch (error) {
    thrown = error;
  }
  return { messages, thrown, ...(await stream.ended) };
}

describe("messages of any endpoint", () => {
  test("come with the fields that are there, and the terminal is none of them", async () => {
    const text = `: hi\nretry: 5\nid: 1\nevent: a\ndata: x\ndata: y\n\ndata\n\n${DONE}data: late\n\n`;
    const { url, asked } = await attempts(open(text));
    const stream = connectMessages(url, { json: { q: 1 }, headers: { "x-key": "k" } });
    expect(await readAll(stream)).toEqual({
      messages: [{ data: "x\ny", event: "a", id: "1", retry: 5 }, { data: "" }],
      thrown: undefined,
      outcome: "completed",
      error: undefined,
    });
    expect(asked[0]).toMatchObject({ method: "POST", body: '{"q":1}', headers: { "x-key": "k" } });
  });

  test("end where the protocol says", async () => {
    const text = "event: token\ndata: a\n\nevent: message_stop\ndata: {}\n\n";
    const isTerminal = ({ event }: SSEMessage) => event === "message_stop";
    const { messages, outcome } = await readAll(readMessages(eventStream(text), { isTerminal }));
    expect(messages).toEqual([{ event: "token", data: "a" }]);
    expect(outcome).toBe("completed");
  });

  test("that stop without a terminal are no finished answer", async () => {
    const { thrown, outcome, messages } = await readAll(readMessages(eventStream("data: a\n\n")));
    expect([messages, outcome]).toEqual([[{ data: "a" }], "truncated"]);
    expect(thrown).toMatchObject({ code: "TRUNCATED" });
    const { body } = bodyOf(["data: a\n\n"], "breaks");
    expect((await readAll(readMessages(eventStream(body)))).outcome).toBe("dropped");
  });

  test("that end with the body are finished by its end, and not by a break", async () => {
    const { url, asked } = await attempts(
      cutAfter("id: 1\ndata: a\n\n"),
      whole("id: 2\ndata: [DONE]\n\n"),
    );
    const options = { endsWithBody: true, isTerminal: () => false, retry: QUICK };
    const { messages, outcome } = await readAll(connectMessages(url, options));
    expect(outcome).toBe("completed");
    expect(messages).toEqual([
      { id: "1", data: "a" },
      { id: "2", data: "[DONE]" },
    ]);
    expect(asked).toHaveLength(2);
    const broken = readMessages(eventStream(bodyOf(["data: a\n\n"], "breaks").body), options);
    expect((await readAll(broken)).outcome).toBe("dropped");
    const given = readMessages(eventStream("data: a\n\n"), options);
    expect((await given.ended).outcome).toBe("completed");
  });

  test("that were here before are left out, and the place goes with the loop", async () => {
    const { url, asked } = await attempts(
      cutAfter("id: 7-1\ndata: a\n\nid: 7-2\ndata: b\n\n"),
      whole(`id: 7-2\ndata: b\n\nid: 7-3\ndata: c\n\n${DONE}`),
    );
    const stream = connectMessages(url, { retry: QUICK, lastEventId: "7-0" });
    expect(stream.lastEventId).toBe("7-0");
    const seen: unknown[] = [];
    for await (const { data } of stream) seen.push([data, stream.lastEventId]);
    expect(seen).toEqual([
      ["a", "7-1"],
      ["b", "7-2"],
      ["c", "7-3"],
    ]);
    expect(asked.map(({ headers }) => headers["last-event-id"])).toEqual(["7-0", "7-2"]);
  });

  test("that start over are told to whoever asked, before the first of them", async () => {
    const { url } = await attempts(cutAfter("data: a\n\n"), whole(`data: a\n\ndata: b\n\n${DONE}`));
    const seen: string[] = [];
    const stream = connectMessages(url, { retry: QUICK, onReset: () => seen.push("reset") });
    for await (const { data } of stream) seen.push(data);
    expect(seen).toEqual(["a", "reset", "a", "b"]);
  });

  test("are let go by close(), by break and by the signal", async () => {
    const leave: Array<(stream: MessageStream, abort: () => void) => Promise<unknown>> = [
      async (stream) => stream.close(),
      async (stream) => {
        for await (const _ of stream) break;
      },
      async (_, abort) => abort(),
    ];
    for (const way of leave) {
      const { body, cancelled } = bodyOf(["data: a\n\n"], "stays");
      const leaving = new AbortController();
      const stream = readMessages(eventStream(body), { signal: leaving.signal });
      await way(stream, () => leaving.abort());
      expect((await stream.ended).outcome).toBe("aborted");
      await vi.waitFor(() => expect(cancelled()).toBe(1));
    }
  });

  test("what isTerminal or onReset throws is the loop's, and nobody comes back for it", async () => {
    const error = new Error("mine");
    const { url, asked } = await attempts(whole("data: a\n\n"));
    const isTerminal = () => {
      throw error;
    };
    expect(await readAll(connectMessages(url, { isTerminal, retry: QUICK }))).toMatchObject({
      thrown: error,
      outcome: "failed",
    });
    expect(asked).toHaveLength(1);
    const onReset = isTerminal;
    const other = await attempts(cutAfter("data: a\n\n"), whole("data: a\n\n"));
    expect(await readAll(connectMessages(other.url, { onReset, retry: QUICK }))).toMatchObject({
      thrown: error,
      outcome: "aborted",
    });
    expect(other.asked).toHaveLength(2);
  });

  test("have options that are refused by name", () => {
    expect(() => connectMessages("http://local/", { isTerminal: 1 as never })).toThrow(
      /`isTerminal`/,
    );
    expect(() => connectMessages("http://local/", { onReset: 1 as never })).toThrow(/`onReset`/);
    expect(() => readMessages(eventStream(""), { endsWithBody: 1 as never })).toThrow(
      /`endsWithBody`/,
    );
    expect(() => readMessages({} as never)).toThrow(/`response`/);
  });
});
