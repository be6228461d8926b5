/** The wire panel: the response's bytes, frame by frame, as they arrive. */
import { byId, make } from "./dom.js";

const LONG = 220;

/**
 * A `fetch` that shows what passes and passes it on untouched.
 *
 * @param {ReturnType<typeof createWire>} wire
 * @returns {typeof fetch}
 */
export function tapFetch(wire) {
  return async (input, init) => {
    const response = await fetch(input, init);
    wire.head(response);
    if (response.body === null) return response;
    // A transform, not `tee()`: when the reader leaves, the cancel must reach the connection.
    const tap = new TransformStream({
      transform(bytes, controller) {
        wire.bytes(bytes);
        controller.enqueue(bytes);
      },
    });
    return new Response(response.body.pipeThrough(tap), response);
  };
}

export function createWire() {
  const list = byId("frames");
  const count = byId("wire-count");
  let decoder = new TextDecoder();
  let rest = "";
  let frames = 0;
  let size = 0;
  let startedAt = 0;
  const hint = make("li", {
    class: "hint",
    text: "The raw frames of the response, as they arrive.",
  });
  list.append(hint);

  /** @param {string} className @param {...(Node | string)} content */
  const addRow = (className, ...content) => {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    const time = ((performance.now() - startedAt) / 1000).toFixed(2);
    const row = make(
      "li",
      { class: className },
      make("span", { class: "at", text: time }),
      make("code", {}, ...content),
    );
    list.append(row);
    // Whoever scrolled up to read is not dragged down again.
    if (atEnd) list.scrollTop = list.scrollHeight;
    return row;
  };
  const showCount = () => {
    count.textContent = `${frames} frame${frames === 1 ? "" : "s"} · ${size < 1000 ? `${size} B` : `${(size / 1000).toFixed(1)} kB`}`;
  };
  /** @param {string} frame */
  const addFrame = (frame) => {
    frames += 1;
    if (frame.startsWith(":")) {
      addRow("comment", frame);
      return;
    }
    const row = addRow("frame", ...paint(frame));
    if (frame.length > LONG) makeFoldable(row, frame.length);
  };

  return {
    /** @param {string} request */
    begin(request) {
      list.replaceChildren();
      decoder = new TextDecoder();
      rest = "";
      frames = size = 0;
      startedAt = performance.now();
      addRow("request", request);
      showCount();
    },
    /** @param {Response} response */
    head(response) {
      addRow("request", `${response.status} ${response.headers.get("content-type") ?? ""}`);
    },
    /** @param {Uint8Array} bytes */
    bytes(bytes) {
      size += bytes.length;
      rest += decoder.decode(bytes, { stream: true });
      const whole = rest.split("\n\n");
      rest = whole.pop() ?? "";
      for (const frame of whole) addFrame(frame);
      showCount();
    },
    /** What came last without its blank line: an HTTP error's body, or a frame that was cut. */
    end() {
      if (rest !== "") addRow("comment", rest);
      rest = "";
    },
  };
}

/** Marks the type inside a frame; the text stays what it was. @param {string} frame */
function paint(frame) {
  const [, before = "", type = "", after = ""] =
    /^(data: \{"type":")([^"]*)(".*)$/s.exec(frame) ?? [];
  if (type === "")
    return [
      make("span", {
        class: "type",
        "data-type": frame.includes("[DONE]") ? "done" : "",
        text: frame,
      }),
    ];
  return [
    make("span", { class: "dim", text: before }),
    make("span", { class: "type", "data-type": type, text: type }),
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
