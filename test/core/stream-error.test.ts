import { describe, expect, test } from "vitest";
import type { ExposeError, Producer } from "../../src/index.ts";
import { type BaseEvents, defineEvents, EncodeError, SSEError } from "../../src/index.ts";
import { z } from "zod";
import { payloads, tell, textOf } from "../helpers/streamed.ts";

const SECRET = "postgres://admin:hunter2@db.internal/prod";
const masked = {
  type: "error",
  message: "The stream failed.",
  code: "INTERNAL",
  errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
};

function secretError(): Error {
  const error = new Error(`connect ${SECRET}`, { cause: new Error(SECRET) });
  return Object.assign(error, { code: SECRET, detail: SECRET });
}

describe("what goes wrong is one error event, last, then [DONE]", () => {
  const error = secretError();
  test.each<[string, Producer<BaseEvents>, unknown[]]>([
    [
      "thrown at once",
      () => {
        throw error;
      },
      [],
    ],
    ["rejected", () => Promise.reject(error), []],
    [
      "thrown between events",
      async (stream) => {
        await stream.chunk("a");
        throw error;
      },
      [{ type: "chunk", content: "a" }],
    ],
    [
      "thrown by a source",
      (async function* () {
        yield { type: "chunk", content: "a" } as const;
        throw error;
      })(),
      [{ type: "chunk", content: "a" }],
    ],
    [
      "errored by a stream",
      new ReadableStream({
        start: (controller) => controller.error(error),
      }),
      [],
    ],
    ["told by fail()", (stream) => stream.fail(error), []],
  ])("%s", async (_, producer, before) => {
    const { body, ends } = tell(producer);
    const text = await textOf(body);
    expect(payloads(text)).toEqual([...before, masked, "[DONE]"]);
    expect(text).not.toContain("hunter2");
    const { errorId } = payloads(text).at(-2) as { errorId: string };
    expect(ends).toMatchObject([{ outcome: "failed", end: { errorId } }]);
    expect(ends[0]?.end.error).toBe(error);
  });

  test.each([undefined, null, "a string", 0, Symbol("s"), { toString: null }])(
    "whatever is thrown is masked: %s",
    async (thrown) => {
      const { body, ends } = tell(() => {
        throw thrown;
      });
      expect(payloads(await textOf(body))).toEqual([masked, "[DONE]"]);
      expect(ends).toHaveLength(1);
      expect(ends[0]).toMatchObject({ outcome: "failed" });
      expect(ends[0]?.end.error).toBe(thrown);
    },
  );

  test("two failures have two ids", async () => {
    const fail = () => tell(() => Promise.reject(new Error("x"))).body;
    const [one, two] = await Promise.all([textOf(fail()), textOf(fail())]);
    expect(one).not.toBe(two);
  });
});

describe("exposeError decides what may be told", () => {
  const expose = async (exposeError: ExposeError) => {
    const { body } = tell(() => Promise.reject(new RangeError(SECRET)), { exposeError });
    const text = await textOf(body);
    expect(text).not.toContain("hunter2");
    return payloads(text)[0];
  };

  test("a message and a code of one's own", async () => {
    const told = { message: "Too many symbols.", code: "TOO_MANY" };
    expect(await expose((error) => (error instanceof RangeError ? told : undefined))).toEqual({
      ...masked,
      ...told,
    });
  });

  test("a message without a code", async () => {
    const told = await expose(() => ({ message: "Sorry." }));
    expect(told).toEqual({ type: "error", message: "Sorry.", errorId: masked.errorId });
  });

  test.each<[string, () => unknown]>([
    ["answers nothing", () => undefined],
    [
      "throws",
      () => {
        throw new Error(SECRET);
      },
    ],
    ["rejects", () => Promise.reject(new Error(SECRET))],
    ["answers the wrong shape", () => ({ message: { secret: SECRET } })],
    ["answers a code that is none", () => ({ message: SECRET, code: 7 })],
  ])("one that %s has allowed nothing", async (_, exposeError) => {
    expect(await expose(exposeError as ExposeError)).toEqual(masked);
  });
});

describe("an error event that the producer sends itself", () => {
  test("ends the stream as failed, as it is, once", async () => {
    const { body, ends } = tell((stream) => {
      stream.error({ message: "No such symbol.", code: "NOT_FOUND" });
      stream.error({ message: "again" });
      stream.chunk("late");
    });
    expect(payloads(await textOf(body))).toEqual([
      { type: "error", message: "No such symbol.", code: "NOT_FOUND" },
      "[DONE]",
    ]);
    expect(ends).toMatchObject([{ outcome: "failed", end: { error: { code: "ERROR_EVENT" } } }]);
    expect(ends[0]?.end.error).toBeInstanceOf(SSEError);
  });
});

describe("an event that cannot go out ends the stream as failed", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;

  test.each<[string, Record<string, unknown>]>([
    ["a BigInt", { n: 1n }],
    ["a cycle", cyclic],
    [
      "a toJSON that throws",
      {
        toJSON() {
          throw new Error(SECRET);
        },
      },
    ],
  ])("%s, in front of it what was good", async (_, payload) => {
    const seen: unknown[] = [];
    const { body, ends } = tell((stream) => {
      seen.push(stream.chunk("good"), stream.result(payload), stream.chunk("late"));
    });
    expect(payloads(await textOf(body))).toEqual([
      { type: "chunk", content: "good" },
      masked,
      "[DONE]",
    ]);
    expect(await Promise.all(seen)).toEqual([true, false, false]);
    expect(ends).toMatchObject([{ outcome: "failed", end: { text: "good" } }]);
    expect(ends[0]?.end.error).toBeInstanceOf(EncodeError);
  });

  test("as the result of a producer", async () => {
    const { body, ends } = tell(() => ({ n: 1n }));
    expect(payloads(await textOf(body))).toEqual([masked, "[DONE]"]);
    expect(ends[0]?.end.error).toMatchObject({ code: "NOT_SERIALISABLE" });
  });

  test.each([null, "text", 7])("a result that is no object: %j", async (result) => {
    const { body, ends } = tell((() => result) as unknown as Producer<BaseEvents>);
    expect(payloads(await textOf(body))).toEqual([masked, "[DONE]"]);
    expect(ends[0]?.end.error).toBeInstanceOf(TypeError);
  });

  test("one that its schema refuses", async () => {
    const events = defineEvents({ status: z.object({ status: z.enum(["planning"]) }) });
    const { body, ends } = tell((stream) => void stream.status("dancing" as "planning"), {
      events,
    });
    expect(payloads(await textOf(body))).toEqual([masked, "[DONE]"]);
    expect(ends[0]?.end.error).toMatchObject({ code: "SCHEMA_MISMATCH", field: "status" });
  });
});
