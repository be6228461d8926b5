import ts from "typescript";
import { describe, expect, test } from "vitest";
import { fileOf, importsOf, readSources, toSource, type Source } from "../helpers/sources.ts";

interface Wall {
  /** Other rooms that it may import from. */
  rooms: string[];
  /** Packages whose code it may use. */
  packages?: string[];
  /** Packages that it may know by their types alone. */
  types?: string[];
}

/** Who may import whom. A room that is not in this table may not exist. */
const WALLS: Record<string, Wall> = {
  // The root is the server's public face, and does nothing but re-export.
  "": { rooms: ["protocol", "core"] },
  protocol: { rooms: [], packages: ["eventsource-parser"] },
  core: { rooms: ["protocol"] },
  log: { rooms: ["protocol", "core"] },
  client: { rooms: ["protocol"] },
  schema: { rooms: ["protocol"], packages: ["zod"] },
  react: { rooms: ["client"], packages: ["react"] },
  testing: { rooms: ["protocol", "core", "log", "client"] },
  adapters: {
    rooms: ["protocol", "core", "log"],
    types: ["node:http", "node:http2", "node:net", "express", "hono"],
  },
};

/** A host's file knows its host alone. Four are none: they are what the hosts on Node share. */
const HOSTS: Record<string, string[]> = {
  "adapters/node.ts": [],
  "adapters/node-response.ts": ["node:http", "node:http2"],
  "adapters/node-carrier.ts": [],
  "adapters/node-write.ts": ["node:http", "node:http2", "node:net"],
  "adapters/node-reply.ts": [],
  "adapters/express.ts": ["express"],
  "adapters/hono.ts": ["hono"],
};
const SHARED_BY_HOSTS = new Set([
  "adapters/node-response.ts",
  "adapters/node-carrier.ts",
  "adapters/node-write.ts",
  "adapters/node-reply.ts",
]);

/** One face for each subpath: there is no other `index.ts`. */
const FACES = [
  "index.ts",
  "log/index.ts",
  "client/index.ts",
  "schema/index.ts",
  "react/index.ts",
  "testing/index.ts",
];

/** Every way in which `source` breaks the walls, as sentences. */
function breaches(source: Source): string[] {
  const wall = WALLS[source.room];
  if (!wall) return [`${source.path} stands in a room that has no walls`];
  return importsOf(source).flatMap(({ specifier, isTypeOnly }) => {
    const file = fileOf(source, specifier);
    const breach = `${source.path} imports ${specifier}`;
    if (file === undefined) {
      const isOpen = wall.packages?.includes(specifier) === true;
      return isOpen || (isTypeOnly && wall.types?.includes(specifier)) ? [] : [breach];
    }
    if (file.startsWith("../")) return [breach];
    const room = file.includes("/") ? (file.split("/")[0] ?? "") : "";
    if (room === source.room) return [];
    return wall.rooms.includes(room) ? [] : [breach];
  });
}

const sources = readSources();

describe("the walls between the rooms", () => {
  test("no file imports what its room may not know", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap(breaches)).toEqual([]);
  });

  test("a host is a leaf: nobody imports it, and what hosts share is no host", () => {
    const imported = sources.flatMap((source) =>
      importsOf(source).flatMap(({ specifier }) => fileOf(source, specifier) ?? []),
    );
    expect(imported.filter((file) => file in HOSTS && !SHARED_BY_HOSTS.has(file))).toEqual([]);
  });

  test("a host knows its own host and no other", () => {
    for (const source of sources.filter(({ room }) => room === "adapters")) {
      const packages = importsOf(source)
        .map(({ specifier }) => specifier)
        .filter((specifier) => !specifier.startsWith("."));
      expect([source.path, [...new Set(packages)].toSorted()]).toEqual([
        source.path,
        HOSTS[source.path],
      ]);
    }
  });

  test("the web rooms know nothing of Node", () => {
    for (const source of sources.filter(({ room }) => room !== "adapters")) {
      const fromNode = importsOf(source).filter(({ specifier }) => specifier.startsWith("node:"));
      expect([source.path, fromNode]).toEqual([source.path, []]);
    }
  });

  test("there is one index.ts for each subpath and none inside", () => {
    const faces = sources.map(({ path }) => path).filter((path) => /(^|\/)index\.ts$/.test(path));
    expect(faces.toSorted()).toEqual(FACES.toSorted());
  });

  test("the root does nothing but re-export", () => {
    const root = sources.find(({ path }) => path === "index.ts");
    const others = root?.ast.statements.filter(
      (statement) => !ts.isExportDeclaration(statement) || !statement.moduleSpecifier,
    );
    expect(others?.map((statement) => statement.getText())).toEqual([]);
  });

  test("no room for what has no name: utils, helpers, common, types", () => {
    const nameless = sources.filter(({ path }) =>
      /(^|\/)(utils?|helpers?|common|misc|types)(\/|\.ts$)/.test(path),
    );
    expect(nameless.map(({ path }) => path)).toEqual([]);
  });

  test("no two files import each other, not even around a corner", () => {
    // Types vanish: only what is left at run time can bite.
    const next = new Map(
      sources.map((source) => [
        source.path,
        importsOf(source)
          .filter(({ isTypeOnly }) => !isTypeOnly)
          .flatMap(({ specifier }) => fileOf(source, specifier) ?? []),
      ]),
    );
    expect(circles(next)).toEqual([]);
  });
});

describe("the check itself", () => {
  test.each([
    ["core/a.ts", 'import { streamEvents } from "../adapters/node.ts"'],
    ["core/a.ts", 'import { createServer } from "node:http"'],
    ["core/a.ts", 'import type { IncomingMessage } from "node:http"'],
    ["core/a.ts", 'export * from "../client/connect.ts"'],
    ["client/a.ts", 'const core = await import("../core/queue.ts")'],
    ["client/a.ts", 'let queue: import("../core/queue.ts").AsyncEventQueue<never>'],
    ["protocol/a.ts", 'import { z } from "zod"'],
    ["client/a.ts", 'import { useState } from "react"'],
    ["react/a.ts", 'import { toEvent } from "../protocol/codec.ts"'],
    ["adapters/hono.ts", 'import { Hono } from "hono"'],
    ["adapters/hono.ts", 'import { connect } from "../client/connect.ts"'],
    ["utils/a.ts", ""],
    ["core/a.ts", 'import x from "../../bench/run.mjs"'],
  ])("%s: %s is a breach", (path, text) => {
    expect(breaches(toSource(path, text))).toHaveLength(1);
  });

  test.each([
    ["core/a.ts", 'import { x } from "../protocol/encode.ts"\n// import y from "zod"'],
    ["adapters/hono.ts", 'import type { Context } from "hono"'],
    ["protocol/a.ts", 'import { createParser } from "eventsource-parser"'],
  ])("%s: %s is none", (path, text) => {
    expect(breaches(toSource(path, text))).toEqual([]);
  });

  test("a circle of three is found", () => {
    expect(
      circles(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["a"]],
          ["d", ["a"]],
        ]),
      ),
    ).toEqual([["a", "b", "c", "a"]]);
  });
});

/** Each circle once, from where it was entered. */
function circles(next: ReadonlyMap<string, string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string[]): void => {
    const file = path.at(-1) ?? "";
    const start = path.indexOf(file);
    if (start < path.length - 1) {
      found.push(path.slice(start));
      return;
    }
    if (done.has(file)) return;
    for (const other of next.get(file) ?? []) visit([...path, other]);
    done.add(file);
  };
  for (const file of next.keys()) visit([file]);
  return found;
}
