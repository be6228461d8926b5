import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../helpers/sources.ts";

interface Block {
  language: string;
  /** The file that `<!-- from … -->` on the line above the block names. */
  source: string | undefined;
  lines: string[];
}

/** Languages of what is not run: output, diagrams, what a proxy is told. A block that names its source is held to it all the same. */
const NOT_RUN = new Set(["text", "mermaid"]);

/** Every command that a page tells to type, and where it runs. */
const COMMANDS: Record<string, string> = {
  "npm ci && npm start": "test/e2e starts the demo by its main.mjs, on every host",
  "npm ci && npm test": ".ci/run",
  "npm run check": ".github/workflows/ci.yml",
  "npm run lint": "npm run check",
  "npm run format": "oxfmt, of which npm run lint is the check",
  "npm run build": "pretest",
  "npm run bench": "bench/",
  "npm run changeset": "npx changeset status in .github/workflows/ci.yml",
  "npm install ssekit": "test/package/exports.test.ts, from the tarball",
  "npm install ssekit express": "test/package/exports.test.ts, from the tarball",
  "npm install --save-dev typescript @types/node @types/express": "package.json",
  "npm init --yes && npm pkg set type=module": "the tutorial's folder has the root's package.json",
  "node server.js": "test/examples.test.ts starts examples/first-stream/server.js",
  "npx tsc --project .": "test/examples.test.ts, on examples/first-stream",
  "node --test": "test/examples.test.ts, on examples/test-your-stream",
  "curl -N http://127.0.0.1:3000": "test/wire reads streams with curl",
  "curl -N http://localhost:3000/story -X POST": "test/wire reads streams with curl",
  "node examples/proxy/arrivals.mjs https://example.com/api/stream": "test/examples.test.ts",
};

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...globSync("docs/**/*.md", { cwd: ROOT }),
].toSorted();

function blocksOf(markdown: string): Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = "", language = ""] = /^( *)```(\w*)/.exec(lines[at] ?? "") ?? [];
    if (!/^ *```/.test(lines[at] ?? "")) continue;
    const above = lines.slice(0, at).findLast((line) => line.trim() !== "");
    const source = /^ *<!-- from (\S+) -->$/.exec(above ?? "")?.[1];
    const end = lines.findIndex((line, index) => index > at && line.startsWith(`${indent}\`\`\``));
    blocks.push({
      language,
      source,
      lines: lines.slice(at + 1, end).map((line) => line.slice(indent.length)),
    });
    at = end;
  }
  return blocks;
}

/** Whether `block` stands in `file`, line by line, indented as a whole or not. */
function contains(file: string, block: string[]): boolean {
  const lines = file.split("\n");
  const first = block.find((line) => line !== "") ?? "";
  return lines.some((line, at) => {
    if (!line.endsWith(first)) return false;
    const indent = line.slice(0, line.length - first.length);
    if (indent.trim() !== "") return false;
    return block.every((wanted, index) => {
      const found = lines[at + index];
      return wanted === "" ? found === "" : found === indent + wanted;
    });
  });
}

/** What is wrong with a block, `undefined` when nothing is. */
function fault({ language, source, lines }: Block): string | undefined {
  if (source !== undefined) {
    if (!existsSync(join(ROOT, source))) return `${source} does not exist`;
    const file = readFileSync(join(ROOT, source), "utf8");
    return contains(file, lines) ? undefined : `is not in ${source}:\n${lines.join("\n")}`;
  }
  if (NOT_RUN.has(language)) return undefined;
  if (language !== "sh") return `names no source:\n${lines.join("\n")}`;
  const commands = lines
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
  const unknown = commands.filter((command) => !(command in COMMANDS));
  return unknown.length > 0 ? `no test runs: ${unknown.join(", ")}` : undefined;
}

describe("the code on the pages", () => {
  test.each(pages)("%s shows only what runs in tests", (page) => {
    const blocks = blocksOf(readFileSync(join(ROOT, page), "utf8"));
    expect(blocks.flatMap((block) => fault(block) ?? [])).toEqual([]);
  });

  test("links between the pages lead somewhere", () => {
    const dead = pages.flatMap((page) => {
      const text = readFileSync(join(ROOT, page), "utf8");
      return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !existsSync(join(ROOT, dirname(page), target)))
        .map((target) => `${page}: ${target}`);
    });
    expect(dead).toEqual([]);
  });
});

describe("the check itself", () => {
  const from = (source: string, ...lines: string[]): string | undefined =>
    fault({ language: "js", source, lines });

  test("what stands in the file passes, indented or not", () => {
    expect(from("examples/node/server.mjs", 'stream.status("analyzing");')).toBeUndefined();
  });

  test("what differs by a letter, by an order or by an indentation does not", () => {
    expect(from("examples/node/server.mjs", 'stream.status("analysing");')).toContain("is not in");
    expect(
      from("examples/node/server.mjs", "await stream.chunk(word);", 'stream.status("analyzing");'),
    ).toContain("is not in");
    expect(from("examples/nowhere.mjs", "x")).toContain("does not exist");
  });

  test("a block without a source and a command that nobody runs do not", () => {
    expect(fault({ language: "ts", source: undefined, lines: ["x"] })).toContain("names no source");
    expect(fault({ language: "sh", source: undefined, lines: ["rm -rf build"] })).toContain(
      "no test runs",
    );
  });

  test("blocks are found, their source too", () => {
    expect(blocksOf("<!-- from a.mjs -->\n\n```js\nx\n```\n\ntext\n\n```sh\ny\n```")).toEqual([
      { language: "js", source: "a.mjs", lines: ["x"] },
      { language: "sh", source: undefined, lines: ["y"] },
    ]);
  });
});
