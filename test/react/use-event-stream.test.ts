import { emptyElement } from "../helpers/dom.ts";
import { createElement, StrictMode, useEffect, useRef, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  useEventStream,
  type ShownStream,
  type UseEventStreamOptions,
} from "../../src/react/index.ts";
import type { BaseEvents } from "../../src/client/index.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";
import { begin, wireServer, type WireServer } from "../helpers/wire-server.ts";

type Options = UseEventStreamOptions<BaseEvents>;

const chunk = (content: string) => `data: {"type":"chunk","content":"${content}"}\n\n`;
const RESULT = 'data: {"type":"result","words":2}\n\n';
const DONE = "data: [DONE]\n\n";

let server: WireServer;
let text: string;
let root: Root;
let warned: ReturnType<typeof vi.spyOn>;
/** How often anything was asked for: a request that is aborted at once never gets to a server. */
let fetches: number;
/** Every render, the last one last. */
let shown: Array<ShownStream<BaseEvents>>;

beforeEach(async () => {
  warned = vi.spyOn(console, "error");
  text = chunk("Hello") + RESULT + DONE;
  server = await wireServer((response) => {
    begin(response, text);
    if (text.endsWith(DONE)) response.end();
  });
  root = createRoot(emptyElement());
  shown = [];
  fetches = 0;
});
afterEach(async () => {
  root.unmount();
  await server.close();
  const warnings = warned.mock.calls.join();
  vi.restoreAllMocks();
  if (warnings !== "") throw new Error(`React warned: ${warnings}`);
});

const last = () => shown.at(-1)!;
const until = (condition: () => void) => vi.waitFor(condition, { interval: 5, timeout: 5_000 });

const counted = (url: string, init: RequestInit) => {
  fetches += 1;
  return fetch(url, init);
};
interface Props {
  url?: string;
  options?: Options;
  /** Called in an effect, with its cleanup. */
  effect?: ((stream: ShownStream<BaseEvents>) => void | (() => void)) | undefined;
}
function View({ url = server.url, options = {}, effect }: Props): ReactNode {
  const stream = useEventStream(url, { retry: false, fetch: counted, ...options });
  shown.push(stream);
  useEffect(() => effect?.(stream), []);
  return stream.text;
}
const view = (props: Props = {}) => createElement(View, props);
const render = (node: ReactNode) => flushSync(() => root.render(node));
const strictly = (node: ReactNode) => createElement(StrictMode, null, node);

describe("a component that shows a stream", () => {
  test("asks nobody before start, then shows what comes and how it ended", async () => {
    render(view());
    expect(last()).toMatchObject({ state: "idle", text: "", attempt: 0 });
    expect(server.asked).toEqual([]);
    last().start({ json: { message: "Hi" } });
    await until(() => expect(last().state).toBe("ended"));
    expect(last()).toMatchObject({
      text: "Hello",
      result: { words: 2 },
      outcome: "completed",
      attempt: 1,
    });
    expect(server.asked).toMatchObject([{ method: "POST", body: '{"message":"Hi"}' }]);
    expect(document.body.lastElementChild?.textContent).toBe("Hello");
  });

  test("an error is shown, not thrown: a status, an `error` event, an option that is none", async () => {
    text = 'data: {"type":"error","message":"No.","code":"NO"}\n\n' + DONE;
    render(view());
    last().start();
    await until(() => expect(last().outcome).toBe("failed"));
    expect(last().error).toMatchObject({ code: "REMOTE_ERROR" });
    last().start({ connectMs: -1 });
    await until(() => expect(last().error).toBeInstanceOf(RangeError));
  });

  test("stop closes the connection and keeps the text", async () => {
    text = chunk("half");
    render(view());
    last().start();
    await until(() => expect(last().text).toBe("half"));
    last().stop();
    await until(() => expect(last()).toMatchObject({ outcome: "aborted", text: "half" }));
    await server.left();
  });

  test("the functions stay the same, so that they may stand in a list of dependencies", async () => {
    render(view());
    const [first] = shown;
    last().start();
    await until(() => expect(last().state).toBe("ended"));
    expect(last()).toMatchObject({ start: first?.start, stop: first?.stop, save: first?.save });
  });

  test("other options and another URL do not restart what runs; the next start takes them", async () => {
    text = chunk("a");
    render(view({ options: { headers: { "x-try": "1" } } }));
    last().start();
    await until(() => expect(last().text).toBe("a"));
    render(view({ url: `${server.url}/other`, options: { headers: { "x-try": "2" } } }));
    expect(last()).toMatchObject({ text: "a", state: "open" });
    last().start();
    await until(() => expect(server.asked).toHaveLength(2));
    expect(server.asked.map(({ url, headers }) => [url, headers["x-try"]])).toEqual([
      ["/", "1"],
      ["/other", "2"],
    ]);
  });

  test("events of one's own come to `onEvent`, that of the last render", async () => {
    text = 'data: {"type":"progress","percent":50}\n\n';
    const told: string[] = [];
    render(view({ options: { onEvent: () => told.push("old") } }));
    render(view({ options: { onEvent: ({ type }) => told.push(type) } }));
    last().start();
    await until(() => expect(told).toEqual(["unknown"]));
  });

  test("a component that `onEvent` takes off the page hears of no further event", async () => {
    text = chunk("a") + chunk("b") + DONE;
    let seen = 0;
    const onEvent = () => {
      seen += 1;
      render(null);
    };
    render(view({ options: { onEvent } }));
    last().start();
    await until(() => expect(seen).toBe(1));
    await server.left();
    expect(seen).toBe(1);
  });
});

describe("StrictMode", () => {
  test("`auto` makes one request, and it is not aborted", async () => {
    render(strictly(view({ options: { auto: true } })));
    await until(() => expect(last().outcome).toBe("completed"));
    expect([fetches, server.asked.length]).toEqual([1, 1]);
  });

  test.each<[string, Props["effect"]]>([
    ["without a cleanup", ({ start }) => start({ json: 1 })],
    ["that stops in its cleanup", ({ start, stop }) => (start({ json: 1 }), stop)],
  ])("a start in an effect %s makes one request", async (_, effect) => {
    render(strictly(view({ effect })));
    await until(() => expect(last().outcome).toBe("completed"));
    expect([fetches, server.asked.length]).toEqual([1, 1]);
  });

  test("a start in an effect that runs once, by a ref, makes one request too, not none", async () => {
    function Once(): ReactNode {
      const hasStarted = useRef(false);
      const stream = useEventStream(server.url, { fetch: counted });
      shown.push(stream);
      const { start } = stream;
      useEffect(() => {
        if (!hasStarted.current) start();
        hasStarted.current = true;
      }, [start]);
      return null;
    }
    render(strictly(createElement(Once)));
    await until(() => expect(last().outcome).toBe("completed"));
    expect([fetches, server.asked.length]).toEqual([1, 1]);
  });
});

describe("`auto`", () => {
  test("starts anew when the URL changes, and shows nothing of the one before", async () => {
    text = chunk("a");
    render(view({ options: { auto: true } }));
    await until(() => expect(last().text).toBe("a"));
    const gone = server.left();
    text = chunk("b");
    const before = shown.length;
    render(view({ url: `${server.url}/b`, options: { auto: true } }));
    await until(() => expect(last().text).toBe("b"));
    await gone;
    const texts = shown.slice(before + 1).map((each) => each.text);
    expect(texts.filter((each) => each !== "" && each !== "b")).toEqual([]);
    expect(server.asked.map(({ url }) => url)).toEqual(["/", "/b"]);
  });

  test("waits until it is set, and a render with other options starts nothing", async () => {
    render(view({ options: { auto: false } }));
    render(view({ options: { auto: true } }));
    await until(() => expect(last().outcome).toBe("completed"));
    render(view({ options: { auto: true, headers: { a: "b" } } }));
    await fetch(server.url);
    expect(server.asked).toHaveLength(2);
  });
});

describe("a component that goes", () => {
  test("closes its connection, and is not rendered any more", async () => {
    text = chunk("a");
    render(view({ options: { auto: true } }));
    await until(() => expect(last().text).toBe("a"));
    const renders = shown.length;
    render(null);
    await server.left();
    expect(shown).toHaveLength(renders);
  });

  test("leaves the stream of another component alone", async () => {
    text = chunk("a");
    const Two = ({ one }: { one: boolean }) => [
      createElement(View, { key: "a", options: { auto: true } }),
      one && createElement(View, { key: "b", options: { auto: true } }),
    ];
    render(createElement(Two, { one: true }));
    await until(() => expect(document.body.lastElementChild?.textContent).toBe("aa"));
    render(createElement(Two, { one: false }));
    await server.left();
    expect(last()).toMatchObject({ state: "open", text: "a" });
  });
});

describe("a burst", () => {
  test("of 5,000 events in one tick renders at most twice, and the end is exact", async () => {
    const body = chunk("x").repeat(5_000) + RESULT + DONE;
    const answer = Promise.withResolvers<Response>();
    render(strictly(view({ options: { auto: true, fetch: () => answer.promise } })));
    await until(() => expect(last()).toMatchObject({ state: "connecting", attempt: 1 }));
    const before = shown.length;
    answer.resolve(eventStream(bodyOf([body]).body));
    await until(() => expect(last().outcome).toBe("completed"));
    // StrictMode calls a component twice for each render.
    expect(shown.length - before).toBeLessThanOrEqual(4);
    expect(last()).toMatchObject({ text: "x".repeat(5_000), result: { words: 2 } });
  });

  test("of 5,000 events over time renders no more often than once in `snapshotMs`", async () => {
    const snapshotMs = 40;
    const slices = [...Array.from({ length: 5_000 }, () => chunk("x")), DONE];
    const fetch = () => Promise.resolve(eventStream(bodyOf(slices).body));
    const begun = performance.now();
    render(view({ options: { auto: true, snapshotMs, fetch } }));
    await until(() => expect(last().outcome).toBe("completed"));
    const frames = Math.ceil((performance.now() - begun) / snapshotMs);
    expect(last().text).toHaveLength(5_000);
    // Idle, connecting, open and ended are told at once.
    expect(shown.length).toBeLessThanOrEqual(frames + 4);
  });
});
