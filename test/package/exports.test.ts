import { readFileSync, symlinkSync, writeFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, exec, npm, pack, type Packed } from "../helpers/npm.ts";
import { ROOT } from "../helpers/sources.ts";

interface Manifest {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
  exports: Record<string, string | Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;

/** What each subpath gives at run time. A name that comes or goes is news for a user: it belongs in a changeset. */
const NAMES: Record<string, string[]> = {
  ssekit: [
    "AsyncEventQueue",
    "ConnectError",
    "DONE",
    "DecodeError",
    "EVENT_STREAM",
    "EncodeError",
    "LogError",
    "LogGapError",
    "QueueClosedError",
    "QueueOverflowError",
    "RemoteError",
    "SSEError",
    "SSE_HEADERS",
    "StreamCutError",
    "baseEvents",
    "createSSEParser",
    "defineEvents",
    "encodeComment",
    "encodeFrames",
    "encodeSSE",
    "event",
    "isEventStream",
    "parseSSE",
    "shutdown",
    "startHeartbeat",
    "streamEvents",
    "toByteStream",
    "toEvent",
    "toMessage",
    "toResponse",
  ],
  "ssekit/client": [
    "ConnectError",
    "DecodeError",
    "RemoteError",
    "SSEError",
    "StreamCutError",
    "connect",
    "connectMessages",
    "readEvents",
    "readMessages",
    "tee",
  ],
  "ssekit/client/eventsource": ["EventSource"],
  "ssekit/client/store": ["createStreamStore"],
  "ssekit/client/shared": ["shared"],
  "ssekit/log": ["createChannel", "createRunRoutes", "createRuns", "memoryStore", "readLog"],
  "ssekit/log/redis": ["redisStore"],
  "ssekit/testing": ["storeContract"],
  "ssekit/schema": [
    "agentEvents",
    "agentRequestSchema",
    "agentResultPayload",
    "agentStatusPayload",
    "agentStatusSchema",
    "chunkEventSchema",
    "doneEventSchema",
    "errorEventSchema",
    "resultEventSchema",
    "statusEventSchema",
    "streamEventSchema",
  ],
  "ssekit/node": ["respond", "streamEvents"],
  "ssekit/express": ["respond", "streamEvents"],
  "ssekit/hono": ["respond", "streamEvents"],
  "ssekit/react": ["useEventStream"],
};

/** The compiler reads the types of every peer: a minute and more on a busy machine. */
const COMPILING_MS = 120_000;

/** A program that uses every subpath as its page of the docs shows. */
const CONSUMER = `
import { AsyncEventQueue, defineEvents, event, shutdown, streamEvents, toByteStream, type StreamEvent } from "ssekit";
import { connect, connectMessages, StreamCutError, tee, type ReadEvent, type SSEMessage } from "ssekit/client";
import { EventSource } from "ssekit/client/eventsource";
import { createStreamStore } from "ssekit/client/store";
import { useEventStream } from "ssekit/react";
import { shared } from "ssekit/client/shared";
import { createChannel, createRunRoutes, createRuns, memoryStore } from "ssekit/log";
import { storeContract } from "ssekit/testing";
import { respond as respondOnExpress, streamEvents as streamOnExpress } from "ssekit/express";
import { respond as respondOnHono, streamEvents as streamOnHono } from "ssekit/hono";
import { respond as respondOnNode, streamEvents as streamOnNode } from "ssekit/node";
import { agentEvents, streamEventSchema } from "ssekit/schema";
import express from "express";
import { Hono } from "hono";
import { createServer } from "node:http";
import { z } from "zod";

export const events = defineEvents({
  progress: event<{ percent: number }>({ policy: "latest" }),
  result: z.object({ content: z.string() }),
});

export const GET = (request: Request): Response =>
  streamEvents(request, async (stream) => {
    await stream.chunk("Hello");
    stream.progress({ percent: 50 });
    // @ts-expect-error: a wrong payload does not compile
    stream.progress({ percent: "50" });
    return { content: "Hello" };
  }, { events });

createServer((req, res) => void streamOnNode(req, res, async (stream) => void stream.status("analyzing")));
express().get("/", (req, res, next) => {
  void streamOnExpress(req, res, next, async (stream, user) => void stream.chunk(user.name), {
    setup: () => ({ name: "Ada" }),
  });
});
new Hono().get("/", (c) => streamOnHono(c, async (stream) => ({ content: String(stream.isOpen) })));

const logs = memoryStore({ maxBytes: 1_000_000 });
const runs = createRuns({ store: logs, events, onEnd: (outcome, { id, latest }) => void [outcome, id.trim(), latest.result] });
const routes = createRunRoutes({
  runs,
  owner: (request) => request.headers.get("x-user") ?? undefined,
  start: ({ body }) => ({
    producer: async (stream) => {
      stream.progress({ percent: 50 });
      return { content: String(body) };
    },
  }),
});
const channel = createChannel({ store: logs, name: "progress", events });
channel.publish({ type: "progress", percent: 50 });
// @ts-expect-error: a wrong payload does not compile
channel.publish({ type: "progress", percent: "50" });
createServer((req, res) => void respondOnNode(req, res, routes));
express().get("/:id", (req, res, next) => respondOnExpress(req, res, next, runs, { id: req.params.id }));
new Hono().get("/", (c) => respondOnHono(c, channel));
export const startRun = async (request: Request): Promise<Response> => {
  const run = await runs.start(async (stream) => void (await stream.chunk("Hello")), { key: "k", onDisconnect: "cancel" });
  return run.isNew ? run.respond(request) : runs.respond(request, run);
};
export const checks: string[] = storeContract({ open: () => logs, leasesRunOut: false }).map(({ name }) => name);

const queue = new AsyncEventQueue<StreamEvent>();
export const bytes: ReadableStream<Uint8Array> = toByteStream(queue);

export async function read(): Promise<string> {
  const stream = connect("/api/chat", { json: { message: "Hello" }, events });
  try {
    for await (const told of stream) {
      switch (told.type) {
        case "status": case "chunk": case "error": case "unknown": case "gap": case "reset": break;
        case "progress": told.percent.toFixed(); break;
        case "result": told.content.trim(); break;
        default: told satisfies never;
      }
    }
  } catch (error) {
    if (error instanceof StreamCutError) return error.code;
  }
  const { outcome, result } = await stream.ended;
  return outcome + result?.content;
}

export async function watch(): Promise<string[]> {
  const source = new EventSource("https://example.com/prices", { headers: { authorization: "Bearer t" } });
  source.onmessage = ({ data, lastEventId }) => void (data + lastEventId).trim();
  source.onerror = ({ status, error }) => void [status?.toFixed(), error];
  source.addEventListener("price", ({ data }) => data.trim());
  // @ts-expect-error: an open event has no data
  source.addEventListener("open", ({ data }) => data);
  const [shown] = tee<SSEMessage>(connectMessages("https://example.com/any", { endsWithBody: true }));
  const all: string[] = [];
  for await (const { data, event } of shown) all.push(data + event);
  return all;
}
const store = createStreamStore((message: string) => connect("/api/chat", { json: { message }, events }));
export const stop = store.subscribe(() => store.getSnapshot().result?.content.trim());
store.start("Hello");
export function useChat(): string {
  const { start, text, result } = useEventStream("/api/chat", { events, auto: false });
  start({ json: { message: "Hello" } });
  return text + result?.content.trim();
}
export async function readShared(): Promise<number> {
  const stream = shared("progress", (options) => connect("/api/progress", { ...options, events }));
  for await (const told of stream) if (told.type === "progress") return told.percent;
  return 0;
}

process.once("SIGTERM", () => void shutdown({ server: createServer(), deadlineMs: 5_000 }));

export type Agent = ReadEvent<typeof agentEvents>;
export const parsed: StreamEvent = streamEventSchema.parse({ type: "chunk", content: "" });
`;

/** A page in a browser: no Node, no peers. */
const BROWSER_CONSUMER = `
import { connect } from "ssekit/client";
import { EventSource as Source } from "ssekit/client/eventsource";
import { streamEvents } from "ssekit";
export const source: EventSource["readyState"] = new Source("/api/prices").readyState;
import { createStreamStore } from "ssekit/client/store";
export const store = createStreamStore(() => connect("/api/chat"));
import { createRuns, memoryStore } from "ssekit/log";
import { storeContract } from "ssekit/testing";
export const runs = createRuns({ store: memoryStore() });
export const checks = storeContract({ open: () => memoryStore(), leasesRunOut: false });
export const stream = connect("/api/chat");
export const answer = (request: Request): Response => streamEvents(request, () => undefined);
`;

const STRICT = {
  target: "ES2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
};
const NODE_NEXT = { module: "NodeNext", moduleResolution: "NodeNext" };
const BUNDLER = { module: "ESNext", moduleResolution: "Bundler" };
const WEB = ["ES2022", "DOM", "DOM.Iterable", "DOM.AsyncIterable"];

let packed: Packed;
let project: string;

/** Compiles `source` in the project, and answers what the compiler says. */
async function compilerSays(
  name: string,
  source: string,
  compilerOptions: object,
): Promise<string> {
  const folder = join(project, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "consumer.ts"), source);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: { ...STRICT, ...compilerOptions },
      files: ["consumer.ts"],
    }),
  );
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  return exec(process.execPath, [tsc, "-p", folder]).catch((error: Error) => error.message);
}

/** Puts packages of the repository beside the installed one. */
function link(packages: string[]): void {
  mkdirSync(join(project, "node_modules/@types"), { recursive: true });
  for (const each of packages) {
    symlinkSync(join(ROOT, "node_modules", each), join(project, "node_modules", each));
  }
}

beforeAll(async () => {
  packed = await pack();
  project = emptyFolder("project");
  writeFileSync(join(project, "package.json"), '{ "name": "newcomer", "type": "module" }');
  // The one dependency comes as a file too: an install in an empty project that needs no network.
  const [parser] = JSON.parse(
    await npm([
      "pack",
      join(ROOT, "node_modules/eventsource-parser"),
      "--json",
      "--ignore-scripts",
      "--pack-destination",
      project,
    ]),
  ) as [{ filename: string }];
  await npm(["install", "--offline", packed.file, join(project, parser.filename)], project);
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
  rmSync(join(packed.file, ".."), { recursive: true, force: true });
});

describe("the tarball", () => {
  test("holds the build and what a reader of it needs, nothing else", () => {
    const top = new Set(packed.paths.map((path) => path.split("/")[0] ?? ""));
    expect([...top].toSorted()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist",
      "package.json",
    ]);
    const strange = packed.paths.filter(
      (path) => path.startsWith("dist/") && !/^dist\/[\w-]+\.(js|d\.ts)$/.test(path),
    );
    expect(strange).toEqual([]);
  });

  test("holds every file that the exports name", () => {
    const named = Object.values(manifest.exports)
      .flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)))
      .map((file) => file.replace("./", ""));
    expect(named.filter((file) => !packed.paths.includes(file))).toEqual([]);
  });

  test("keeps the node: prefix, without which edge runtimes find no built-in module", () => {
    const bare = packed.paths
      .filter((path) => path.endsWith(".js"))
      .filter((path) =>
        /from ["'](http2?|events|stream|util|buffer)["']/.test(
          readFileSync(join(ROOT, path), "utf8"),
        ),
      );
    expect(bare).toEqual([]);
  });
});

describe("the manifest", () => {
  test("one runtime dependency, and every peer is optional", () => {
    expect(Object.keys(manifest.dependencies)).toEqual(["eventsource-parser"]);
    const peers = Object.keys(manifest.peerDependencies);
    expect(peers.filter((peer) => manifest.peerDependenciesMeta[peer]?.optional !== true)).toEqual(
      [],
    );
  });

  test("the subpaths are these and no others", () => {
    const subpaths = Object.keys(manifest.exports).filter((path) => path !== "./package.json");
    expect(subpaths.map((path) => path.replace(".", "ssekit"))).toEqual(Object.keys(NAMES));
  });
});

describe("an empty project", () => {
  const withPeers = new Set(["ssekit/schema", "ssekit/react"]);
  const withoutPeers = Object.keys(NAMES).filter((subpath) => !withPeers.has(subpath));

  test.each(withoutPeers)(
    "%s imports there, with its names and no peer installed",
    async (subpath) => {
      expect(await namesOf(subpath)).toEqual(NAMES[subpath]);
    },
  );

  test("what two subpaths export is the same thing: instanceof holds across them", async () => {
    const code =
      'import { SSEError } from "ssekit"; import { ConnectError } from "ssekit/client"; process.stdout.write(String(SSEError.isPrototypeOf(ConnectError)))';
    expect(await exec(process.execPath, ["--input-type=module", "-e", code], project)).toBe("true");
  });

  test.each([
    ["NodeNext", NODE_NEXT],
    ["bundler", BUNDLER],
  ])(
    "a page without Node's types and without peers type-checks under %s",
    async (name, options) => {
      expect(
        await compilerSays(`page-${name}`, BROWSER_CONSUMER, { ...options, lib: WEB, types: [] }),
      ).toBe("");
    },
    COMPILING_MS,
  );

  test(
    "the check itself: what is wrong does not type-check",
    async () => {
      const wrong = 'import { connect } from "ssekit/client"; connect(1);';
      expect(await compilerSays("wrong", wrong, { ...NODE_NEXT, lib: WEB, types: [] })).toContain(
        "TS2345",
      );
    },
    COMPILING_MS,
  );

  test.each([
    ["ssekit/schema", /zod/],
    ["ssekit/react", /react/],
  ])("%s asks for %s", async (subpath, peer) => {
    await expect(namesOf(subpath)).rejects.toThrow(peer);
  });
});

describe("a project with the peers", () => {
  beforeAll(() => link(["express", "hono", "react", "zod", "@types/node", "@types/express"]));

  test.each(["ssekit/schema", "ssekit/react"])(
    "%s imports there, with its names",
    async (subpath) => {
      expect(await namesOf(subpath)).toEqual(NAMES[subpath]);
    },
  );

  test.each([
    ["NodeNext", NODE_NEXT],
    ["bundler", BUNDLER],
  ])(
    "a program on every subpath type-checks under %s resolution",
    async (name, options) => {
      expect(await compilerSays(name, CONSUMER, { ...options, lib: WEB, types: ["node"] })).toBe(
        "",
      );
    },
    COMPILING_MS,
  );
});

async function namesOf(subpath: string): Promise<string[]> {
  const code = `process.stdout.write(JSON.stringify(Object.keys(await import(${JSON.stringify(subpath)})).sort()))`;
  return JSON.parse(
    await exec(process.execPath, ["--input-type=module", "-e", code], project),
  ) as string[];
}
