import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { DONE, encodeComment, encodeSSE, SSE_HEADERS } from "../../src/index.ts";
import { loadAssets, PAGE_HEADERS } from "../../examples/stock-analyst/app/assets.mjs";
import { freePort } from "./free-port.ts";

/** What was asked of the server, and when: pages and their files aside. */
export interface Asked {
  route: string;
  lastEventId: string | undefined;
  at: number;
}

/** The demo's page on a server that answers by a script, keeps what it told, and tells it again to those who come back. */
export interface ReplayingDemo {
  url: string;
  asked: Asked[];
  /** Adds to the answer of the newest question, and tells its readers. */
  tell: (...events: Event[]) => void;
  /** Forgets the first `count` frames of the newest answer: who comes back behind none of them has missed some. */
  forget: (count: number) => void;
  /** The newest answer is void: what is told from now on belongs to another producer's. */
  beginAnew: () => void;
  /** How many connections read an answer. */
  readers: () => number;
  /** Says nothing any more on the connections that there are, heartbeats neither, and leaves them open. */
  fallSilent: () => void;
  /** Ends the connections of all readers cleanly, without a terminal, as a proxy does. */
  cut: () => void;
  /** Destroys every socket and gives the port up. */
  kill: () => Promise<void>;
  /** Listens on the same port again. What it told is still there. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

type Event = { type: string; [field: string]: unknown };

interface Run {
  /** When its producer began: the first half of its ids. */
  epoch: number;
  frames: string[];
  /** How many frames from the beginning are not kept any more. */
  forgotten: number;
  isOver: boolean;
  readers: Set<ServerResponse>;
}

export interface Options {
  heartbeatMs?: number;
  /** What readers are asked to wait before they come back. */
  retryMs?: number | undefined;
  /** Whether it names a way back. */
  namesWayBack?: boolean;
}

/** The page's files, built once for all that serve them. */
let page: ReturnType<typeof loadAssets> | undefined;

/** Starts the server on a free port of this machine. */
export async function startReplayingDemo({
  heartbeatMs = 500,
  retryMs,
  namesWayBack = true,
}: Options = {}): Promise<ReplayingDemo> {
  const assets = await (page ??= loadAssets());
  const runs: Run[] = [];
  const asked: Asked[] = [];
  let server: Server | undefined;
  const port = await freePort();

  const newest = () => {
    const run = runs.at(-1);
    if (run === undefined) throw new Error("nothing was asked yet");
    return run;
  };
  const read = (res: ServerResponse, run: Run, lastEventId: string | undefined) => {
    const [epoch, seq] = (lastEventId ?? `${run.epoch}-0`).split("-").map(Number);
    const after = epoch === run.epoch ? (seq ?? 0) : 0;
    if (run.isOver && after >= run.frames.length) return void res.writeHead(204).end();
    const place = namesWayBack && { "Content-Location": `/runs/${runs.indexOf(run) + 1}` };
    res.writeHead(200, { ...SSE_HEADERS, ...place });
    res.write(encodeComment(`open heartbeatMs=${heartbeatMs}`));
    if (retryMs !== undefined) res.write(`retry: ${retryMs}\n\n`);
    if (after < run.forgotten) res.write(gapFrame(run, after));
    res.write(run.frames.slice(Math.max(after, run.forgotten)).join(""));
    if (run.isOver) return void res.end();
    run.readers.add(res);
    const beat = setInterval(() => run.readers.has(res) && res.write(BEAT), heartbeatMs);
    res.once("close", () => {
      clearInterval(beat);
      run.readers.delete(res);
    });
  };
  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const { pathname } = new URL(req.url ?? "/", "http://localhost");
    const route = `${req.method} ${pathname}`;
    const asset = assets.get(pathname);
    if (asset)
      return res.writeHead(200, { ...PAGE_HEADERS, "Content-Type": asset.type }).end(asset.body);
    if (pathname === "/elsewhere") return res.writeHead(200, HTML).end("<title>Elsewhere</title>");
    if (route === "GET /api/runs") return res.writeHead(200, JSON_TYPE).end(NO_RUNS);
    const lastEventId = req.headers["last-event-id"] as string | undefined;
    asked.push({ route, lastEventId, at: Date.now() });
    for await (const _ of req);
    if (route === "POST /api/runs") {
      runs.push({ epoch: Date.now(), frames: [], forgotten: 0, isOver: false, readers: new Set() });
    }
    const run =
      route === "POST /api/runs" ? newest() : runs[Number(pathname.slice("/runs/".length)) - 1];
    if (run === undefined) return res.writeHead(404).end();
    return read(res, run, lastEventId);
  };
  const start = async () => {
    server = createServer((req, res) => void serve(req, res));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const kill = async () => {
    if (!server?.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    tell: (...events) => tell(newest(), events),
    forget: (count) => void (newest().forgotten = count),
    beginAnew: () => void Object.assign(newest(), { epoch: Date.now(), frames: [] }),
    readers: () => runs.reduce((sum, { readers }) => sum + readers.size, 0),
    fallSilent: () => newest().readers.clear(),
    cut: () => end(newest()),
    kill,
    restart: start,
    close: kill,
  };
}

const BEAT = encodeComment("heartbeat");
const HTML = { "Content-Type": "text/html" };
const JSON_TYPE = { "Content-Type": "application/json" };
const NO_RUNS = JSON.stringify({
  host: "a scripted server",
  model: null,
  store: "memory",
  process: 1,
  instances: 1,
  runs: [],
});

function tell(run: Run, events: Event[]): void {
  for (const event of events) {
    const data = event.type === "done" ? DONE : event;
    const frame = encodeSSE({ data, id: `${run.epoch}-${run.frames.length + 1}` });
    run.frames.push(frame);
    for (const reader of run.readers) reader.write(frame);
    if (event.type !== "done") continue;
    run.isOver = true;
    end(run);
  }
}

function end({ readers }: Run): void {
  for (const reader of readers) reader.end();
  readers.clear();
}

function gapFrame({ epoch, forgotten }: Run, after: number): string {
  const place = (seq: number) => `${epoch}-${seq}`;
  const gap = { type: "gap", after: place(after), oldest: place(forgotten + 1) };
  return encodeSSE({ data: gap });
}
