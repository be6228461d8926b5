import { describe, expect, test } from "vitest";
import { toEvent, toMessage } from "../../src/index.ts";
import {
  agentEvents,
  agentRequestSchema,
  agentResultPayload,
  agentStatusSchema,
  streamEventSchema,
} from "../../src/schema/index.ts";

const GOOD = [
  { type: "status", status: "anything" },
  { type: "status", status: "x", source: "a", parent: "root" },
  { type: "chunk", content: "" },
  { type: "result" },
  { type: "result", content: "a", sources: [1, { a: null }] },
  { type: "error", message: "no", code: "NO", errorId: "1" },
];
const BAD = [
  { type: "status" },
  { type: "status", status: 7 },
  { type: "chunk", content: null },
  { type: "error", code: "NO" },
];

describe("the union as a schema agrees with what crosses the wire", () => {
  test.each(GOOD)("accepted by both: %j", (event) => {
    expect(streamEventSchema.parse(event)).toEqual(event);
    expect(toEvent(toMessage(event))).toEqual(event);
  });

  test.each(BAD)("refused by both: %j", (event) => {
    expect(streamEventSchema.safeParse(event).success).toBe(false);
    expect(() => toMessage(event)).toThrow(/does not match/);
    expect(() => toEvent({ data: JSON.stringify(event) })).toThrow(/does not match/);
  });

  test("the terminal is one of it, what nobody defined is not", () => {
    expect(streamEventSchema.parse(toEvent({ data: "[DONE]" }))).toEqual({ type: "done" });
    expect(streamEventSchema.safeParse({ type: "reasoning" }).success).toBe(false);
  });
});

describe("the agent's protocol", () => {
  const result = { content: "a", sources: [{ symbol: "AAPL" }], disclaimer: "none" };

  test.each(["analyzing", "planning", "retrieving", "synthesizing"])("phase %s", (status) => {
    expect(agentStatusSchema.parse(status)).toBe(status);
    const event = { type: "status", status };
    expect(toEvent(toMessage(event, agentEvents), agentEvents)).toEqual(event);
  });

  test.each([
    [{ type: "status", status: "dancing" }, "status"],
    [{ type: "result", content: "a", sources: [] }, "disclaimer"],
    [{ type: "result", ...result, sources: "none" }, "sources"],
  ])("%j is refused at its field, on both ends", (event, field) => {
    const named = expect.objectContaining({ field }) as Error;
    expect(() => toMessage(event, agentEvents)).toThrow(named);
    expect(() => toEvent({ data: JSON.stringify(event) }, agentEvents)).toThrow(named);
  });

  test("a result arrives whole, and says from which agent it is", () => {
    const event = { type: "result", ...result, source: "analyst" };
    expect(toEvent(toMessage(event, agentEvents), agentEvents)).toEqual(event);
    expect(agentResultPayload.parse(result)).toEqual(result);
  });

  test("a request needs a message that says something", () => {
    expect(agentRequestSchema.parse({ message: " hi " })).toEqual({ message: "hi" });
    expect(agentRequestSchema.parse({ message: "hi", session_id: "1" }).session_id).toBe("1");
    for (const bad of [{}, { message: " " }, { message: 7 }, { message: "hi", session_id: "" }]) {
      expect(agentRequestSchema.safeParse(bad).success).toBe(false);
    }
  });
});
