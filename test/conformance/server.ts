import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer, Asked } from "./wire.ts";

const EVENT_STREAM = { "content-type": "text/event-stream" };
// Long enough that what is written apart is read apart, without a reader who waits for it.
const APART_MS = 2;

/** The answers of one stream and all that happened to it. */
class Script {
  readonly asked: Asked[] = [];
  readonly responses: ServerResponse[] = [];
  left = 0;
  readonly #answers: Answer[];
  readonly #onChange = new Set<() => void>();

  constructor(answers: Answer[]) {
    this.#answers = answers;
  }

  /** Who asks more often than was foreseen is told to stop. */
  next(): Answer {
    return this.#answers.shift() ?? { status: 204, headers: {}, after: "ends" };
  }

  changed(): void {
    for (const look of this.#onChange) look();
  }

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        this.#onChange.delete(look);
        resolve();
      };
      this.#onChange.add(look);
      look();
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

async function write(response: ServerResponse, bytes: Buffer, step = bytes.length): Promise<void> {
  for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
    if (at > 0) await pause(APART_MS);
    response.write(bytes.subarray(at, at + step));
  }
}

function finish(response: ServerResponse, after: Answer["after"]): void {
  if (after === "ends") response.end();
  else if (after === "breaks") response.destroy();
}

async function give(response: ServerResponse, answer: Answer): Promise<void> {
  const { status = 200, headers = EVENT_STREAM, body = "", raw, step, after } = answer;
  if (after === "drops") return void response.destroy();
  if (after === "holds") return;
  response.writeHead(status, headers);
  response.flushHeaders();
  await write(response, raw === undefined ? Buffer.from(body) : Buffer.from(raw, "latin1"), step);
  finish(response, after);
}

/** A preflight is seen, allowed, and no answer of the script. */
function allow({ headers }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    "access-control-allow-origin": headers.origin ?? "*",
    "access-control-allow-headers": headers["access-control-request-headers"] ?? "",
    "access-control-allow-credentials": "true",
  });
  response.end();
}

async function stream(script: Script, request: IncomingMessage, response: ServerResponse) {
  const atMs = performance.now();
  response.once("close", () => {
    script.left += 1;
    script.changed();
  });
  const body = (await bodyOf(request)).toString();
  const { method = "", url = "", headers } = request;
  script.asked.push({ method, url, headers: headers as Asked["headers"], body, atMs });
  if (method === "OPTIONS") allow(request, response);
  else {
    await give(response, script.next());
    script.responses.push(response);
  }
  script.changed();
}

/** What a check may ask for: to send, to end, to be told when something has happened. */
async function control(script: Script, url: URL, request: IncomingMessage): Promise<unknown> {
  const number = (name: string) => Number(url.searchParams.get(name) ?? 1);
  const body = await bodyOf(request);
  switch (url.pathname.split("/")[3] ?? "") {
    case "asked":
      await script.until(() => script.asked.length >= number("count"));
      return script.asked;
    case "left":
      await script.until(() => script.left >= number("count"));
      return script.left;
    case "send":
      await script.until(() => script.responses.length > 0);
      return write(
        script.responses.at(-1)!,
        body,
        url.searchParams.has("step") ? number("step") : undefined,
      );
    case "ends":
    case "breaks":
      await script.until(() => script.responses.length > 0);
      return finish(script.responses.at(-1)!, url.pathname.endsWith("ends") ? "ends" : "breaks");
    default:
      throw new Error(`nothing is at ${url.pathname}`);
  }
}

export interface ConformanceServer {
  origin: string;
  /** The same server under another origin. */
  foreignOrigin: string;
  close: () => Promise<void>;
}

/**
 * A real server whose answers a check scripts: `PUT /control/<token>` takes them, `/stream/<token>` gives one for
 * each request, `/control/<token>/…` steers and tells. `files` are given as they are.
 */
export async function conformanceServer(
  files: Record<string, { type: string; text: string }> = {},
): Promise<ConformanceServer> {
  const scripts = new Map<string, Script>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "", "http://server");
    // A client may repeat by itself what broke on a connection that it had used before.
    response.setHeader("connection", "close");
    const [, room = "", token = ""] = url.pathname.split("/");
    const file = files[url.pathname];
    const script = scripts.get(token);
    if (file) response.writeHead(200, { "content-type": file.type }).end(file.text);
    else if (room === "control" && request.method === "PUT") {
      scripts.set(token, new Script(JSON.parse((await bodyOf(request)).toString()) as Answer[]));
      response.end("{}");
    } else if (room === "control" && script) {
      response.end(JSON.stringify((await control(script, url, request)) ?? {}));
    } else if (room === "stream" && script) await stream(script, request, response);
    else response.writeHead(404).end();
  };
  const open = async () => {
    const server = createServer((request, response) => {
      // Who leaves in the midst of a request is what some checks are about.
      answer(request, response).catch(() => response.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  const servers = [await open(), await open()];
  const [origin = "", foreignOrigin = ""] = servers.map(
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  );
  const close = async () => {
    for (const server of servers) {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    }
  };
  return { origin, foreignOrigin, close };
}
