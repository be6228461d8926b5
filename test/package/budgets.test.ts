import ts from "typescript";
import { describe, expect, test } from "vitest";
import { readSources, toSource, walk, type Source } from "../helpers/sources.ts";

// A budget is raised in a commit that says why.
const FILE_LINES = 250;
const FUNCTION_LINES = 50;

function linesOf({ text }: Source): number {
  return text.trimEnd().split("\n").length;
}

/**
 * A function's own lines of code. Those of the functions inside it are theirs: a factory is as long as what it does
 * itself. Comments are no code: whoever says why is not to be punished for it.
 */
function ownLines(node: ts.Node, ast: ts.SourceFile): number {
  const codeLines = (part: ts.Node): number =>
    part
      .getText(ast)
      .split("\n")
      .filter((line, index) => index === 0 || !/^\s*(\/\/|\/?\*|$)/.test(line)).length;
  let lines = codeLines(node);
  const withoutInner = (child: ts.Node): void => {
    if (ts.isFunctionLike(child) && "body" in child) lines -= codeLines(child) - 1;
    else ts.forEachChild(child, withoutInner);
  };
  ts.forEachChild(node, withoutInner);
  return lines;
}

/** Every function that is longer than `limit`, with its lines. */
function longFunctions({ path, ast }: Source, limit: number): string[] {
  const found: string[] = [];
  walk(ast, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || !node.body) return;
    const lines = ownLines(node, ast);
    if (lines <= limit) return;
    const { line } = ast.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1} (${lines} lines)`);
  });
  return found;
}

describe("budgets", () => {
  const sources = readSources();

  test(`no file is longer than ${FILE_LINES} lines`, () => {
    const long = sources
      .filter((source) => linesOf(source) > FILE_LINES)
      .map((source) => `${source.path} (${linesOf(source)} lines)`);
    expect(long).toEqual([]);
  });

  test(`no function is longer than ${FUNCTION_LINES} lines`, () => {
    expect(sources.flatMap((source) => longFunctions(source, FUNCTION_LINES))).toEqual([]);
  });

  test("the check itself: a function of 51 lines is too long, one of 50 is not", () => {
    const ofLines = (lines: number) =>
      toSource("a.ts", `const f = () => {${"\n0".repeat(lines - 2)}\n}`);
    expect(longFunctions(ofLines(51), 50)).toHaveLength(1);
    expect(longFunctions(ofLines(50), 50)).toEqual([]);
    const inner = `const f = () => {\n${ofLines(40).text}\n${ofLines(40).text}\n}`;
    expect(longFunctions(toSource("a.ts", inner), 50)).toEqual([]);
    expect(longFunctions(toSource("a.ts", inner), 39)).toHaveLength(2);
  });
});
