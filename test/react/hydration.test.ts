import { emptyElement } from "../helpers/dom.ts";
import { createElement, StrictMode, type ReactNode } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { useEventStream } from "../../src/react/index.ts";
import { bodyOf, eventStream } from "../helpers/responses.ts";

test("a page that comes rendered is taken over without a mismatch, and starts then", async () => {
  const warned = vi.spyOn(console, "error");
  let asked = 0;
  const fetch = () => {
    asked += 1;
    const body = 'data: {"type":"chunk","content":"Hello"}\n\ndata: [DONE]\n\n';
    return Promise.resolve(eventStream(bodyOf([body]).body));
  };
  function View(): ReactNode {
    const { state, text } = useEventStream("/api/chat", { auto: true, fetch });
    return `${state}:${text}`;
  }
  const page = createElement(StrictMode, null, createElement(View));
  const element = emptyElement();
  element.innerHTML = renderToString(page);
  expect(element.textContent).toBe("idle:");
  const recovered: unknown[] = [];
  const root = hydrateRoot(element, page, {
    onRecoverableError: (error) => recovered.push(error),
  });
  await vi.waitFor(() => expect(element.textContent).toBe("ended:Hello"), { interval: 5 });
  expect({ asked, recovered, warned: warned.mock.calls }).toEqual({
    asked: 1,
    recovered: [],
    warned: [],
  });
  root.unmount();
});
