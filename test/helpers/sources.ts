import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import ts from "typescript";

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, "../..");

/** One file of `src/`, parsed. */
export interface Source {
  /** Below `src/`, with `/`. */
  path: string;
  /** The folder of `src/` that it stands in; empty for the root. */
  room: string;
  text: string;
  ast: ts.SourceFile;
}

/** One import or re-export, dynamic ones and `import("...")` types too. */
export interface Import {
  specifier: string;
  /** Nothing of it is left at run time. */
  isTypeOnly: boolean;
}

/** Reads and parses every file below `folder`. */
export function readSources(folder = join(ROOT, "src")): Source[] {
  return globSync("**/*.ts", { cwd: folder })
    .map((file) => file.split(sep).join("/"))
    .toSorted()
    .map((path) => toSource(path, readFileSync(join(folder, path), "utf8")));
}

export function toSource(path: string, text: string): Source {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, room: path.includes("/") ? (path.split("/")[0] ?? "") : "", text, ast };
}

/** Calls `visit` with every node of the file. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function importsOf({ ast }: Source): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, isTypeOnly: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier))
      found.push({ specifier: specifier.text, isTypeOnly });
    else throw new Error(`${ast.fileName} imports something that cannot be read from its text`);
  };
  walk(ast, (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
  });
  return found;
}

/** The file below `src/` that a relative import means, `undefined` for a package. */
export function fileOf(from: Source, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return normalize(join(dirname(from.path), specifier))
    .split(sep)
    .join("/");
}
