import { createElement, StrictMode, type ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import { useEventStream } from "../../src/react/index.ts";

describe("on the server", () => {
  test("there is no window, nothing is asked, and the view is idle", () => {
    expect("window" in globalThis || "document" in globalThis).toBe(false);
    const asked = vi.fn<typeof fetch>();
    const warned = vi.spyOn(console, "error");
    function View(): ReactNode {
      // An address without a host is none on a server; nobody asks for it.
      const { state, text } = useEventStream("/api/chat", { auto: true, fetch: asked });
      return `${state}:${text}`;
    }
    expect(renderToString(createElement(StrictMode, null, createElement(View)))).toBe("idle:");
    expect(asked).not.toHaveBeenCalled();
    expect(warned.mock.calls).toEqual([]);
  });
});
