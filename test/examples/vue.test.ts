import { emptyElement } from "../helpers/dom.ts";
import { createApp, effectScope } from "vue";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Chat } from "../../examples/vue/chat.mjs";
import { useEventStream } from "../../examples/vue/use-event-stream.mjs";
import { begin, wireServer, type WireServer } from "../helpers/wire-server.ts";

const chunk = (content: string) => `data: {"type":"chunk","content":"${content}"}\n\n`;
const DONE = "data: [DONE]\n\n";
const until = (condition: () => void) => vi.waitFor(condition, { interval: 5, timeout: 5_000 });

let server: WireServer;
afterEach(() => server.close());

const serve = async (text: string) => {
  server = await wireServer((response) => {
    begin(response, text);
    if (text.endsWith(DONE)) response.end();
  });
};
const textOf = (element: HTMLElement, id: string) => element.querySelector(`#${id}`)?.textContent;

describe("examples/vue", () => {
  test("a component asks, shows the text as it comes, and how it ended", async () => {
    await serve(chunk("Hel") + chunk("lo") + DONE);
    const element = emptyElement();
    const app = createApp(Chat, { url: server.url });
    app.mount(element);
    expect(textOf(element, "state")).toBe("idle");
    element.querySelector<HTMLElement>("#ask")?.click();
    await until(() => expect(textOf(element, "state")).toBe("completed"));
    expect(textOf(element, "text")).toBe("Hello");
    expect(server.asked).toMatchObject([{ url: "/api/chat", body: '{"message":"Hello"}' }]);
    app.unmount();
  });

  test("the stop button and a component that goes close the connection", async () => {
    await serve(chunk("a"));
    const element = emptyElement();
    const app = createApp(Chat, { url: server.url });
    app.mount(element);
    element.querySelector<HTMLElement>("#ask")?.click();
    await until(() => expect(textOf(element, "text")).toBe("a"));
    element.querySelector<HTMLElement>("#stop")?.click();
    await until(() => expect(textOf(element, "state")).toBe("aborted"));
    await server.left();
    element.querySelector<HTMLElement>("#ask")?.click();
    await until(() => expect(textOf(element, "state")).toBe("open"));
    app.unmount();
    await server.left();
    expect(server.asked).toHaveLength(2);
  });

  test("outside of a component it lives as long as its scope", async () => {
    await serve(chunk("a"));
    const scope = effectScope();
    const shown = scope.run(() => useEventStream(server.url))!;
    shown.start();
    await until(() => expect(shown.stream.value.text).toBe("a"));
    scope.stop();
    await server.left();
    expect(shown.stream.value.text).toBe("a");
  });
});
