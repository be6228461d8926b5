import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { readSources, ROOT, walk } from "../helpers/sources.ts";

const sources = readSources();
const page = (name: string): string => readFileSync(join(ROOT, "docs/reference", name), "utf8");

interface Option {
  name: string;
  default: string | undefined;
}

/** The options of an interface, with the defaults that their comments tell. */
function optionsOf(name: string): Option[] {
  const found: Option[] = [];
  for (const { ast } of sources) {
    walk(ast, (node) => {
      if (!ts.isInterfaceDeclaration(node) || node.name.text !== name) return;
      for (const member of node.members) {
        const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === "default");
        const text = ts.getTextOfJSDocComment(tag?.comment);
        found.push({
          name: member.name?.getText() ?? "",
          default: text?.replaceAll("`", "").replace(/\s+/g, " ").trim(),
        });
      }
    });
  }
  return found;
}

/** The rows of the table under `<!-- options of X -->`. */
function rowsOf(markdown: string, name: string): Option[] {
  const [, after = ""] = markdown.split(`<!-- options of ${name} -->`);
  const table = after.trimStart().split("\n\n", 1)[0] ?? "";
  return table
    .trimEnd()
    .split("\n")
    .slice(2)
    .map((row) => row.split("|").map((cell) => cell.trim()))
    .map(([, option = "", standard = ""]) => ({
      name: option.replaceAll("`", ""),
      default: standard === "–" ? undefined : standard.replaceAll("`", ""),
    }));
}

describe("docs/reference/options.md", () => {
  test.each([
    "StreamOptions",
    "QueueBounds",
    "QueueOptions",
    "ServeOptions",
    "SetupOptions",
    "HeartbeatOptions",
    "ToMessageOptions",
    "ToResponseOptions",
    "RequestOptions",
    "ConnectionOptions",
    "RetryOptions",
    "ReadOptions",
    "MessageOptions",
    "EventSourceOptions",
    "ParseOptions",
    "StreamStoreOptions",
    "UseEventStreamOptions",
    "SharedOptions",
    "LogOptions",
    "RunsOptions",
    "Retention",
    "ReaderOptions",
    "StartOptions",
    "ChannelOptions",
    "RunRoutesOptions",
    "MemoryStoreOptions",
    "ShutdownOptions",
    "RedisStoreOptions",
    "StoreContractOptions",
  ])("tells every option of %s with the default that the source has", (name) => {
    const options = optionsOf(name);
    expect(options.length).toBeGreaterThan(0);
    expect(rowsOf(page("options.md"), name)).toEqual(options);
  });
});

describe("docs/reference/errors.md", () => {
  /** Every code that an error of the library or an event of its own can carry. */
  const codes = new Set<string>();
  for (const { ast, path } of sources) {
    walk(ast, (node) => {
      if (!ts.isStringLiteral(node) || !/^[A-Z]+(_[A-Z]+)*$/.test(node.text)) return;
      const inErrors = path === "protocol/errors.ts" || path === "protocol/outcome.ts";
      const isThrown =
        ts.isNewExpression(node.parent) && node.parent.expression.getText().endsWith("Error");
      const isTold = ts.isPropertyAssignment(node.parent) && node.parent.name.getText() === "code";
      if (inErrors || isThrown || isTold) codes.add(node.text);
    });
  }

  test("tells every code, and no other", () => {
    const told = [...page("errors.md").matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code = ""]) => code);
    expect([...new Set(told)].toSorted()).toEqual([...codes].toSorted());
  });

  test("tells every class", () => {
    const classes = sources
      .filter(({ path }) => path === "protocol/errors.ts")
      .flatMap(({ text }) =>
        [...text.matchAll(/export class (\w+)/g)].map(([, name = ""]) => name),
      );
    expect(classes.length).toBeGreaterThan(5);
    expect(classes.filter((name) => !page("errors.md").includes(`\`${name}\``))).toEqual([]);
  });
});

describe("docs/reference/api.md", () => {
  const faces = [
    ["ssekit", "index.ts"],
    ["ssekit/client", "client/index.ts"],
    ["ssekit/client/eventsource", "client/eventsource.ts"],
    ["ssekit/client/store", "client/stream-store.ts"],
    ["ssekit/client/shared", "client/shared.ts"],
    ["ssekit/log", "log/index.ts"],
    ["ssekit/log/redis", "log/stores/redis.ts"],
    ["ssekit/testing", "testing/index.ts"],
    ["ssekit/schema", "schema/index.ts"],
    ["ssekit/node", "adapters/node.ts"],
    ["ssekit/express", "adapters/express.ts"],
    ["ssekit/hono", "adapters/hono.ts"],
    ["ssekit/react", "react/index.ts"],
  ] as const;
  const files = faces.map(([, path]) => join(ROOT, "src", path));
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      module: "NodeNext",
      target: "ES2023",
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
    },
    ROOT,
  );
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();

  test.each(faces)("names everything that %s exports, types too", (subpath, path) => {
    const file = program.getSourceFile(join(ROOT, "src", path));
    const symbol = file && checker.getSymbolAtLocation(file);
    const names = symbol ? checker.getExportsOfModule(symbol).map(({ name }) => name) : [];
    expect(names.length).toBeGreaterThan(0);
    const [, after = ""] = page("api.md").split(`\n## \`${subpath}\`\n`);
    const section = after.split("\n## ", 1)[0] ?? "";
    expect(names.filter((name) => !new RegExp(`\`${name}[\`(<]`).test(section))).toEqual([]);
  });
});
