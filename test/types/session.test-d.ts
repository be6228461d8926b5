import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { Sent, StreamEvent } from "../../src/index.ts";
import {
  AsyncEventQueue,
  defineEvents,
  event,
  streamEvents,
  toByteStream,
} from "../../src/index.ts";
import { streamEvents as onExpress } from "../../src/adapters/express.ts";
import { streamEvents as onHono } from "../../src/adapters/hono.ts";
import { streamEvents as onNode } from "../../src/adapters/node.ts";

const events = defineEvents({
  status: z.object({ status: z.enum(["analyzing", "planning"]) }),
  tool: event<{ name: string }>(),
});
const request = new Request("http://local/");

describe("what a producer may send", () => {
  test("the right payload compiles, with options and without", () => {
    toByteStream((stream) => {
      expectTypeOf(stream.status("anything")).toEqualTypeOf<Sent>();
      expectTypeOf<true>().not.toExtend<Sent>();
      stream.chunk("a", { source: "tool" });
      stream.result({ any: 1 });
      stream.error({ message: "no", code: "NO" });
      expectTypeOf(stream.signal).toEqualTypeOf<AbortSignal>();
    });
    toByteStream(
      (stream) => {
        stream.status("planning");
        stream.tool({ name: "search", parent: "root" });
        stream.send({ type: "tool", name: "search" });
      },
      { events },
    );
  });

  test("a wrong payload does not", () => {
    toByteStream(
      (stream) => {
        expectTypeOf(stream.status).parameter(0).toEqualTypeOf<"analyzing" | "planning">();
        // @ts-expect-error no such phase
        stream.status("dancing");
        // @ts-expect-error text is a string
        stream.chunk(7);
        // @ts-expect-error text is needed
        stream.chunk();
        // @ts-expect-error `name` is missing
        stream.tool({});
        // @ts-expect-error `name` is a string
        stream.tool({ name: 7 });
        // @ts-expect-error an object, not its field
        stream.tool("search");
        // @ts-expect-error nobody defined it
        stream.price({ symbol: "A" });
        // @ts-expect-error nobody defined it
        stream.send({ type: "price" });
        // @ts-expect-error `message` is missing
        stream.error({ code: "NO" });
      },
      { events },
    );
  });

  test("a source tells the same events", () => {
    async function* told() {
      yield { type: "chunk", content: "a" } as const;
    }
    async function* other() {
      yield { type: "nobody knows it" } as const;
    }
    expectTypeOf(toByteStream(told())).toExtend<ReadableStream<Uint8Array>>();
    toByteStream(() => told());
    toByteStream(new AsyncEventQueue<StreamEvent>());
    toByteStream(new ReadableStream<StreamEvent>());
    // @ts-expect-error not one of its events
    toByteStream(other());
  });
});

describe("what setup returns is the producer's second argument", () => {
  const setup = async () => ({ user: "ada" });

  test("on every host", () => {
    const response = streamEvents(
      request,
      (_, { user }) => void expectTypeOf(user).toEqualTypeOf<string>(),
      { setup },
    );
    expectTypeOf(response).toEqualTypeOf<Promise<Response>>();
    type Node = Parameters<typeof onNode>;
    type Express = Parameters<typeof onExpress>;
    type Hono = Parameters<typeof onHono>;
    const hosts = (node: Node, express: Express, hono: Hono) => {
      void onNode(node[0], node[1], (_, one) => void expectTypeOf(one.user).toBeString(), {
        setup,
      });
      void onExpress(
        express[0],
        express[1],
        express[2],
        (_, one) => void expectTypeOf(one.user).toBeString(),
        { setup },
      );
      void onHono(hono[0], (_, one) => void expectTypeOf(one.user).toBeString(), { setup });
    };
    expectTypeOf(hosts).toBeFunction();
  });

  test("together with events of one's own", () => {
    const producer = (): void => {};
    expectTypeOf(streamEvents(request, producer, { events, setup })).toEqualTypeOf<
      Promise<Response>
    >();
    void streamEvents(
      request,
      (stream, { user }) => {
        stream.tool({ name: user });
        // @ts-expect-error no such phase
        stream.status("dancing");
      },
      { events, setup },
    );
  });

  test("without it the answer is a Response, and there is no second argument to use", () => {
    expectTypeOf(streamEvents(request, () => {})).toEqualTypeOf<Response>();
    // @ts-expect-error nothing was prepared
    streamEvents(request, (_, prepared) => ({ user: prepared.user }));
  });
});
