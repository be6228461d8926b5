import ts from "typescript";
import { describe, expect, test } from "vitest";
import { readSources, toSource, walk, type Source } from "../helpers/sources.ts";

/** What stands on the wire or names a part of it, and the one file that may spell it. */
const LITERALS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\[DONE\]/, "protocol/codec.ts"],
  [/^\n?data: ?$/, "protocol/encode.ts"],
  [/^(event|id|retry): /, "protocol/encode.ts"],
  [/^: /, "protocol/encode.ts"],
  [/text\/event-stream/i, "protocol/http.ts"],
  [/^accept$/i, "protocol/http.ts"],
  [/^cache-control$/i, "protocol/http.ts"],
  [/^content-type$/i, "protocol/http.ts"],
  [/^x-accel-buffering$/i, "protocol/http.ts"],
  [/^x-content-type-options$/i, "protocol/http.ts"],
  [/no-transform/, "protocol/http.ts"],
  [/^content-length$/i, "protocol/http.ts"],
  [/^content-location$/i, "protocol/http.ts"],
  [/^last-event-id$/i, "protocol/http.ts"],
  [/^lastEventId$/, "protocol/http.ts"],
  [/^retry-after$/i, "protocol/http.ts"],
  [/^heartbeat$/, "protocol/comments.ts"],
  [/^open heartbeatMs/, "protocol/comments.ts"],
];

/** Each kind of timer and clock has one home in each half: the client never imports the server's. */
const TIMERS: Record<string, string[]> = {
  setTimeout: ["client/timer.ts", "core/ticker.ts"],
  clearTimeout: ["client/timer.ts", "core/ticker.ts"],
  queueMicrotask: [
    "client/reading.ts",
    "client/store.ts",
    "client/stream-store.ts",
    "core/burst.ts",
    "react/index.ts",
  ],
  "performance.now": ["core/ticker.ts"],
  setInterval: [],
  setImmediate: [],
  // Time that goes on while the machine sleeps, which is what a reader has to notice.
  "Date.now": [
    "client/link.ts",
    "client/pause.ts",
    "client/response.ts",
    "client/watchdog.ts",
    // What an epoch is.
    "log/epoch.ts",
  ],
};

/** Text that is written out in code: comments are none, and what a type says does not count. */
function spelled({ ast }: Source): string[] {
  const found: string[] = [];
  walk(ast, (node) => {
    if (ts.isStringLiteralLike(node) && !ts.isLiteralTypeNode(node.parent)) found.push(node.text);
    else if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) {
      found.push(node.text);
    }
  });
  return found;
}

/** What is called or looked at by its global name: `setTimeout`, `performance.now`, `console.log`. */
function globals({ ast }: Source): string[] {
  const found: string[] = [];
  walk(ast, (node) => {
    if (ts.isTypeNode(node) || ts.isTypeQueryNode(node.parent ?? node)) return;
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      found.push(`${node.expression.text}.${node.name.text}`);
    }
    if (ts.isIdentifier(node)) found.push(node.text);
  });
  return found;
}

const sources = readSources();
const homesOf = (isIn: (source: Source) => boolean) => sources.filter(isIn).map(({ path }) => path);

describe("one home", () => {
  test.each(LITERALS)("%s is spelled in %s and nowhere else", (literal, home) => {
    expect(homesOf((source) => spelled(source).some((text) => literal.test(text)))).toEqual([home]);
  });

  test.each(Object.entries(TIMERS))("%s is at home in %j", (timer, homes) => {
    expect(homesOf((source) => globals(source).includes(timer))).toEqual(homes);
  });

  test("the library never writes to the console", () => {
    expect(homesOf((source) => globals(source).includes("console"))).toEqual([]);
  });
});

describe("the check itself", () => {
  test("a literal in code, in a template and in JSX-free text is seen; one in a comment or a type is not", () => {
    const source = toSource(
      "core/a.ts",
      'const a = "[DONE]"; const b = `data: ${a}`; // "text/event-stream"\nlet c: "heartbeat";',
    );
    expect(spelled(source)).toEqual(["[DONE]", "data: ", ""]);
  });

  test("a timer is seen where it runs, not where its type is asked for", () => {
    expect(globals(toSource("a.ts", "performance.now()"))).toContain("performance.now");
    expect(globals(toSource("a.ts", "globalThis.setTimeout(() => {})"))).toContain("setTimeout");
    expect(globals(toSource("a.ts", "console.warn(1)"))).toContain("console");
    expect(globals(toSource("a.ts", "type T = ReturnType<typeof setTimeout>"))).not.toContain(
      "setTimeout",
    );
  });
});
