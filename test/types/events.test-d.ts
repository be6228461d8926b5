import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import type {
  BaseEvents,
  ReadEvent,
  Producer,
  SentEvent,
  Session,
  StreamEvent,
  GapEvent,
  ResetEvent,
  UnknownEvent,
} from "../../src/index.ts";
import {
  AsyncEventQueue,
  defineEvents,
  event,
  streamEvents,
  toByteStream,
  toMessage,
} from "../../src/index.ts";
import { connect, readEvents } from "../../src/client/index.ts";
import type { AgentResult, streamEventSchema } from "../../src/schema/index.ts";
import { agentEvents } from "../../src/schema/index.ts";

const chatEvents = defineEvents({
  status: z.object({ status: z.enum(["analyzing", "planning"]) }),
  result: event<{ content: string; sources: string[] }>(),
  tool: event<{ name: string }>(),
  price: z.object({ at: z.string().transform((text) => new Date(text)) }),
});
type Chat = typeof chatEvents;
const request = new Request("http://local/");

test("what is written where it is used needs no type of its own", () => {
  toMessage({ type: "chunk", content: "Hello" });
  new AsyncEventQueue({ highWaterMark: 100 }).push({ type: "chunk", content: "Hello" });
  expectTypeOf<Session>().toEqualTypeOf<Session<BaseEvents>>();
  expectTypeOf<Producer>().toEqualTypeOf<Producer<BaseEvents>>();
});

test("the zod union says the same as the type", () => {
  expectTypeOf<z.infer<typeof streamEventSchema>>().toEqualTypeOf<StreamEvent>();
});

describe("the reader's union", () => {
  test("is exhaustive: every case, the unknown one included", async () => {
    for await (const one of connect("/", { events: chatEvents })) {
      switch (one.type) {
        case "status":
          expectTypeOf(one.status).toEqualTypeOf<"analyzing" | "planning">();
          break;
        case "chunk":
          expectTypeOf(one.content).toEqualTypeOf<string>();
          break;
        case "result":
          expectTypeOf(one.sources).toEqualTypeOf<string[]>();
          break;
        case "tool":
          expectTypeOf(one.name).toEqualTypeOf<string>();
          expectTypeOf(one.source).toEqualTypeOf<string | undefined>();
          break;
        case "price":
          expectTypeOf(one.at).toEqualTypeOf<Date>();
          break;
        case "error":
          expectTypeOf(one.message).toEqualTypeOf<string>();
          break;
        case "unknown":
          expectTypeOf(one).toEqualTypeOf<UnknownEvent>();
          break;
        case "gap":
          expectTypeOf(one).toEqualTypeOf<GapEvent>();
          break;
        case "reset":
          expectTypeOf(one).toEqualTypeOf<ResetEvent>();
          break;
        default:
          one satisfies never;
      }
    }
  });

  test("a missing case does not compile", () => {
    const show = (one: ReadEvent<Chat>): string => {
      // eslint-disable-next-line switch-exhaustiveness-check -- that it is not is the point
      switch (one.type) {
        case "status":
        case "chunk":
        case "result":
        case "price":
        case "error":
        case "unknown":
        case "gap":
        case "reset":
          return one.type;
        default:
          // @ts-expect-error `tool` has no case
          return one satisfies never;
      }
    };
    expectTypeOf(show).returns.toEqualTypeOf<string>();
  });

  test("a field that the server does not know breaks the reader", () => {
    const read = (one: ReadEvent<Chat>) =>
      // @ts-expect-error the field is `name`
      one.type === "tool" ? one.title : undefined;
    expectTypeOf(read).toBeFunction();
  });

  test("has no terminal, and without definitions is the built-in one", () => {
    expectTypeOf<Extract<ReadEvent<BaseEvents>, { type: "done" }>>().toBeNever();
    expectTypeOf<ReadEvent<BaseEvents>["type"]>().toEqualTypeOf<
      "status" | "chunk" | "result" | "error" | "unknown" | "gap" | "reset"
    >();
  });

  test("loses what is removed, on both sides", () => {
    const quiet = defineEvents({ status: false, chunk: false });
    expectTypeOf<ReadEvent<typeof quiet>["type"]>().toEqualTypeOf<
      "result" | "error" | "unknown" | "gap" | "reset"
    >();
    expectTypeOf<SentEvent<typeof quiet>["type"]>().toEqualTypeOf<"result" | "error" | "done">();
    toByteStream(
      (stream) => {
        // @ts-expect-error `status` was removed
        stream.status("analyzing");
        // @ts-expect-error and so was `chunk`
        stream.send({ type: "chunk", content: "a" });
      },
      { events: quiet },
    );
  });
});

describe("the result's type reaches the reader", () => {
  test("as `ended.result`", async () => {
    const { result } = await connect("/", { events: chatEvents }).ended;
    expectTypeOf(result).toEqualTypeOf<
      | {
          content: string;
          sources: string[];
          source?: string | undefined;
          parent?: string | undefined;
        }
      | undefined
    >();
    const agent = await readEvents(new Response(), { events: agentEvents }).ended;
    expectTypeOf(agent.result).toExtend<AgentResult | undefined>();
    const base = await connect("/").ended;
    expectTypeOf(base.result).toEqualTypeOf<{ readonly [field: string]: unknown } | undefined>();
  });

  test("as what the producer returns", () => {
    const response = streamEvents(request, () => ({ content: "a", sources: [] }), {
      events: chatEvents,
    });
    expectTypeOf(response).toEqualTypeOf<Response>();
    // @ts-expect-error `sources` is missing
    streamEvents(request, () => ({ content: "a" }), { events: chatEvents });
    // @ts-expect-error a result is an object
    streamEvents(request, () => "text");
  });
});
