import { expect, test } from "vitest";
import { framesOf, payloadsOf } from "../../helpers/frames.ts";
import type { Route } from "../host.ts";
import { endings } from "../host.ts";
import type { Serve } from "../serving.ts";

const SECRET = "postgres://root:hunter2@db.internal";

function leaky(): Error {
  const error = new TypeError(`cannot reach ${SECRET}`, { cause: new Error(SECRET) });
  return Object.assign(error, { code: SECRET, detail: { dsn: SECRET }, status: 418 });
}

function cyclic(): object {
  const one: Record<string, unknown> = { secret: SECRET };
  one["self"] = one;
  return one;
}

const FAILING: Record<string, Route["producer"]> = {
  "thrown at once": () => {
    throw leaky();
  },
  "rejected before the first event": () => Promise.reject(leaky()),
  "thrown between two events": async (stream) => {
    await stream.chunk("one");
    throw leaky();
  },
  "thrown after the result": async (stream) => {
    await stream.result({ content: "all" });
    throw leaky();
  },
  "thrown by a source of events": {
    async *[Symbol.asyncIterator]() {
      yield { type: "chunk", content: "one" } as const;
      throw leaky();
    },
  },
  "told by a readable stream": () =>
    new ReadableStream({
      start: (controller) => controller.enqueue({ type: "chunk", content: "one" }),
      pull: (controller) => controller.error(leaky()),
    }),
  "told for an event that holds a cycle": async (stream) => void (await stream.result(cyclic())),
  "told for an event that holds a BigInt": async (stream) =>
    void (await stream.result({ content: SECRET, price: 1n })),
  "told for an event that is none": async (stream) => void (await stream.send(undefined as never)),
  "told for a result that JSON cannot hold": () => ({ content: SECRET, price: 1n }),
  "told for an event that its schema refuses": async (stream) =>
    void (await stream.status({ secret: SECRET } as never)),
};

const THROWN: Record<string, unknown> = {
  "a string": SECRET,
  nothing: undefined,
  null: null,
  "an object that looks like an event": { type: "result", message: SECRET, code: SECRET },
  "an object that cannot be looked at": new Proxy(
    {},
    {
      get: () => {
        throw new Error(SECRET);
      },
    },
  ),
};

/** One parseable error event, last, then the terminal; and not a byte of what was thrown. */
export function errorContract(serve: Serve): void {
  const expectOneMaskedError = async (producer: Route["producer"]) => {
    const { onEnd, first, all } = endings();
    const served = await serve({ producer, options: { onEnd } });
    const reader = await served.open();
    const text = await reader.rest();
    expect(reader.isWhole).toBe(true);
    const payloads = payloadsOf(text);
    const errorId = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const masked = { type: "error", message: "The stream failed.", code: "INTERNAL", errorId };
    expect(payloads.slice(-2)).toEqual([masked, "[DONE]"]);
    expect(text.match(/"type":"error"/g)).toHaveLength(1);
    expect(`${text}${JSON.stringify(reader.headers)}`).not.toMatch(
      /hunter2|postgres|TypeError|at /,
    );
    const end = await first;
    expect(end.outcome).toBe("failed");
    expect(payloads.at(-2)).toHaveProperty("errorId", end.errorId);
    expect(all).toHaveLength(1);
    return end;
  };

  test.for(Object.entries(FAILING))(
    "an error, %s, is the last event, whole, with no word of its inside",
    async ([, producer]) => {
      const { error } = await expectOneMaskedError(producer);
      expect(error).toBeInstanceOf(Error);
    },
  );

  test.for(Object.entries(THROWN))(
    "%s, thrown, is an error event like any other",
    async ([, thrown]) => {
      const { error } = await expectOneMaskedError(() => Promise.reject(thrown));
      expect(Object.is(error, thrown)).toBe(true);
    },
  );

  test("what was sent before an error still arrives before it", async () => {
    const served = await serve({
      async producer(stream) {
        for (let n = 0; n < 500; n += 1) void stream.chunk("x");
        throw leaky();
      },
    });
    const reader = await served.open();
    const payloads = payloadsOf(await reader.rest());
    expect(
      payloads.filter((payload) => (payload as { type?: string }).type === "chunk"),
    ).toHaveLength(500);
  });

  test("the app decides what its readers may know of an error", async () => {
    const served = await serve({
      producer: () => Promise.reject(leaky()),
      options: { exposeError: () => ({ message: "Try again later.", code: "BUSY" }) },
    });
    const reader = await served.open();
    expect(framesOf(await reader.rest()).at(-2)).toMatch(
      /^data: \{"type":"error","message":"Try again later\.","code":"BUSY","errorId":"[0-9a-f-]{36}"\}$/,
    );
  });
}
