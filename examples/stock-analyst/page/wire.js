/** The wire panel: the response's bytes, frame by frame, as they arrive. */
import { byId, make } from "./dom.js";

const LONG = 220;

/**
 * A `fetch` that shows what passes and passes it on untouched.
 *
 * @param {Wire} wire
 * @param {AbortSignal} signal - Once it aborted nothing more is shown: the panel may be another stream's by then.
 * @returns {(url: string, init: RequestInit) => Promise<Response>}
 */
export function tapFetch(wire, signal) {
  return async (url, init) => {
    if (!signal.aborted) wire.request(url, init);
    const response = await fetch(url, init).catch((error) => {
      if (!signal.aborted) wire.note("no response");
      throw error;
    });
    if (!signal.aborted) wire.head(response);
    if (response.body === null) return response;
    // A transform, not `tee()`: when the reader leaves, the cancel must reach the connection.
    const tap = new TransformStream({
      transform(bytes, controller) {
        if (!signal.aborted) wire.bytes(bytes);
        controller.enqueue(bytes);
      },
    });
    return new Response(response.body.pipeThrough(tap), response);
  };
}

export class Wire {
  #list = byId("frames");
  #count = byId("wire-count");
  #decoder = new TextDecoder();
  /** Text of a frame that is not whole yet. */
  #rest = "";
  #frames = 0;
  #size = 0;
  #startedAt = 0;

  constructor() {
    this.#list.append(
      make("li", { class: "hint", text: "The raw frames of the response, as they arrive." }),
    );
  }

  begin() {
    this.#list.replaceChildren();
    this.#rest = "";
    this.#frames = this.#size = 0;
    this.#startedAt = performance.now();
    this.#showCount();
  }

  /** One more request of the same stream. @param {string} url @param {RequestInit} init */
  request(url, init) {
    this.end();
    this.#decoder = new TextDecoder();
    const { pathname } = new URL(url, location.href);
    const method = init.method ?? "GET";
    const headers = new Headers(init.headers);
    const told = (method === "POST" ? ["Idempotency-Key"] : []).concat("Last-Event-ID");
    const lines = told
      .filter((name) => headers.has(name))
      .map((name) => `${name}: ${headers.get(name)}`);
    this.#addRow("request", [`${method} ${pathname}`, ...lines].join("\n"));
  }

  /** @param {Response} response */
  head({ status, headers }) {
    const place = headers.get("content-location");
    const back = place === null ? "" : `\nContent-Location: ${place}`;
    this.#addRow("request", `${status} ${headers.get("content-type") ?? ""}${back}`);
  }

  /** A request beside the stream, or its answer. @param {string} text */
  note(text) {
    this.#addRow("request", text);
  }

  /** @param {Uint8Array} bytes */
  bytes(bytes) {
    this.#size += bytes.length;
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const whole = this.#rest.split("\n\n");
    this.#rest = whole.pop() ?? "";
    for (const frame of whole) this.#addFrame(frame);
    this.#showCount();
  }

  /** What came last without its blank line: an HTTP error's body, or a frame that was cut. */
  end() {
    if (this.#rest !== "") this.#addRow("comment", this.#rest);
    this.#rest = "";
  }

  /** @param {string} frame */
  #addFrame(frame) {
    this.#frames += 1;
    // What has no data is no event: a comment, a reconnection time.
    if (!/^data:/m.test(frame)) {
      this.#addRow("comment", frame);
      return;
    }
    const row = this.#addRow("frame", ...paint(frame));
    if (frame.length > LONG) makeFoldable(row, frame.length);
  }

  /** @param {string} className @param {...(Node | string)} content */
  #addRow(className, ...content) {
    const list = this.#list;
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    const time = ((performance.now() - this.#startedAt) / 1000).toFixed(2);
    const row = make(
      "li",
      { class: className },
      make("span", { class: "at", text: time }),
      make("code", {}, ...content),
    );
    list.append(row);
    // Whoever scrolled up to read is not dragged down again.
    if (isAtEnd) list.scrollTop = list.scrollHeight;
    return row;
  }

  #showCount() {
    const size = this.#size < 1000 ? `${this.#size} B` : `${(this.#size / 1000).toFixed(1)} kB`;
    this.#count.textContent = `${this.#frames} frame${this.#frames === 1 ? "" : "s"} · ${size}`;
  }
}

/** Marks the type inside a frame; the text stays what it was. @param {string} frame */
function paint(frame) {
  const [, before = "", type = "", after = ""] =
    /^((?:\w+: .*\n)*data: (?:\{"type":")?)([^"]*)(.*)$/s.exec(frame) ?? [];
  return [
    make("span", { class: "dim", text: before }),
    make("span", { class: "type", "data-type": type === "[DONE]" ? "done" : type, text: type }),
    after,
  ];
}

/** @param {HTMLElement} row @param {number} length */
function makeFoldable(row, length) {
  row.classList.add("long");
  const toggle = make("button", {
    type: "button",
    class: "fold",
    "aria-expanded": "false",
    text: `all ${length.toLocaleString("en")} characters`,
  });
  toggle.addEventListener("click", () => {
    const open = row.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "less" : `all ${length.toLocaleString("en")} characters`;
  });
  row.append(toggle);
}
