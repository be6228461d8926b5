import { EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { dataFrame, ReplayLog } from "./replay-log.ts";
import { wireServer, type Asked } from "./wire-server.ts";

/** What a request gets instead of the stream; `"stream"` is the stream after all. */
export type Attempt =
  | "stream"
  | { status: number; headers?: Record<string, string>; body?: string }
  | ((response: ServerResponse) => unknown);

/** What a proxy in front of an application answers to those whose session is over. */
export const LOGIN_PAGE: Attempt = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<!doctype html><title>Log in</title>",
};

export interface ReplayOptions {
  /** Off: no frame has an id, a `Last-Event-ID` is not looked at. */
  ids?: boolean;
  /** Gives `[DONE]` an id too, so that whoever missed just that gets it. */
  numbersTerminal?: boolean;
  /** Of the first ids; `restart()` makes a later one. */
  epoch?: number;
  /** Silence limit that the opening comment announces. Heartbeats come by `heartbeat()`, never by time. */
  heartbeatMs?: number;
  /** Told to readers as `retry:` when given. */
  reconnectionTimeMs?: number;
  /** `"command"`: nothing is told before `release()`. */
  pace?: "at once" | "command";
  /** Sends so many events again that come before the one asked for. */
  overlap?: number;
  /** Ends each connection with `rotate` after so many events. */
  rotateAfter?: number;
  /** Off: a POST is not told where to come back. */
  tellsLocation?: boolean;
  /** What the first requests get. */
  attempts?: readonly Attempt[];
}

export interface ReplayServer {
  url: string;
  /** Each request, in order. */
  asked: Asked[];
  /** How many POSTs started a run. */
  runs: () => number;
  /** Resolves when so many requests have come in all. */
  askedTimes: (count: number) => Promise<void>;
  /** Tells `count` more events, to those who read now too. `[DONE]` is the last; without `count` all. */
  release: (count?: number) => void;
  /** Drops the `count` oldest events. */
  forget: (count: number) => void;
  /** Breaks all connections; what is told from now on has a later epoch. `losesLog`: all is told anew. */
  restart: (options?: { losesLog?: boolean }) => void;
  heartbeat: () => void;
  /** Ends the open streams: with `rotate`, or cleanly without any word. */
  rotate: () => void;
  hangUp: () => void;
  /** What the next requests get, after what was told before. */
  next: (...attempts: Attempt[]) => void;
  /** Resolves when the connection of the latest response is gone. */
  left: () => Promise<unknown>;
  close: () => Promise<void>;
}

/** Serves one log of `events` to whoever comes, from where they ask, as the wire's rules say. */
export async function replayServer(
  events: readonly object[],
  options: ReplayOptions = {},
): Promise<ReplayServer> {
  const { pace = "at once", attempts = [] } = options;
  const stage = new Stage(events, options);
  const queued = [...attempts];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const server = await wireServer((response) => {
    arrivals.emit("asked");
    const attempt = queued.shift() ?? "stream";
    if (attempt === "stream") stage.answer(response);
    else if (typeof attempt === "function") return attempt(response);
    else response.writeHead(attempt.status, attempt.headers).end(attempt.body);
  });
  if (pace === "at once") stage.release(Infinity);
  return {
    ...server,
    runs: () => stage.runs,
    askedTimes: async (count) => {
      while (server.asked.length < count) await once(arrivals, "asked");
    },
    release: (count = Infinity) => stage.release(count),
    forget: (count) => stage.log.forget(count),
    restart: ({ losesLog = false } = {}) => {
      stage.restart(losesLog);
      if (pace === "at once") stage.release(Infinity);
    },
    heartbeat: () => stage.write(": heartbeat\n\n"),
    rotate: () => stage.end(dataFrame({ type: "rotate" })),
    hangUp: () => stage.end(),
    next: (...more) => void queued.push(...more),
  };
}

interface Reading {
  response: ServerResponse;
  /** Of the next entry. */
  position: number;
  /** Events that may still be sent before this connection rotates. */
  left: number;
}

/** The log, and those who read it now. */
class Stage {
  readonly log: ReplayLog;
  runs = 0;
  readonly #options: ReplayOptions;
  readonly #readings = new Set<Reading>();
  /** A terminal without an id is over once anybody was sent it: a cursor cannot tell. */
  #isTerminalSent = false;

  constructor(events: readonly object[], options: ReplayOptions) {
    const { ids = true, numbersTerminal = false, epoch = 1_700_000_000_000 } = options;
    this.log = new ReplayLog(events, { ids, numbersTerminal, epoch });
    this.#options = options;
  }

  answer(response: ServerResponse): void {
    const { pathname, searchParams } = new URL(response.req.url ?? "/", "http://server");
    if (response.req.method === "POST") {
      this.runs += 1;
      const { tellsLocation = true } = this.#options;
      const headers = tellsLocation ? { "content-location": `/runs/${this.runs}` } : {};
      return this.#stream(response, this.log.start, headers);
    }
    const run = /^\/runs\/(\d+)$/.exec(pathname)?.[1];
    if (run !== undefined && (Number(run) < 1 || Number(run) > this.runs))
      return void response.writeHead(404).end();
    // A native reader comes back to the URL it began with: what the header says is newer.
    const header = response.req.headers["last-event-id"];
    this.#resume(response, header?.toString() ?? searchParams.get("lastEventId") ?? "");
  }

  release(count: number): void {
    this.log.tell(count);
    for (const reading of this.#readings) this.#advance(reading);
  }

  restart(losesLog: boolean): void {
    for (const { response } of this.#readings) response.destroy();
    this.#readings.clear();
    this.log.restart(losesLog);
    if (losesLog) this.#isTerminalSent = false;
  }

  write(frame: string): void {
    for (const { response } of this.#readings) response.write(frame);
  }

  end(frame?: string): void {
    for (const { response } of this.#readings) response.end(frame);
    this.#readings.clear();
  }

  #resume(response: ServerResponse, cursor: string): void {
    const { ids = true, overlap = 0 } = this.#options;
    if (!ids || cursor === "") return this.#stream(response, this.log.start);
    const found = this.log.after(cursor);
    if (!found) return void response.writeHead(400).end();
    if (!found.gap && this.#isOver(found.position)) return void response.writeHead(204).end();
    const position = Math.max(this.log.start, found.position - overlap);
    this.#stream(response, position, {}, found.gap && dataFrame(found.gap));
  }

  /** Whether nothing can follow on what comes before `position`. */
  #isOver(position: number): boolean {
    if (!this.log.isComplete) return false;
    if (position === this.log.length) return true;
    const isAhead = this.log.isTerminal(position) && this.#isTerminalSent;
    return isAhead && this.#options.numbersTerminal !== true;
  }

  #stream(response: ServerResponse, position: number, headers = {}, gap = ""): void {
    const { heartbeatMs = 15_000, reconnectionTimeMs, rotateAfter = Infinity } = this.#options;
    const retry = reconnectionTimeMs === undefined ? "" : `retry: ${reconnectionTimeMs}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream", ...headers });
    response.write(`: open heartbeatMs=${heartbeatMs}\n\n${retry}${gap}`);
    const reading = { response, position, left: rotateAfter };
    this.#readings.add(reading);
    response.once("close", () => this.#readings.delete(reading));
    this.#advance(reading);
  }

  /** Sends what there is, up to the end, or until this connection rotates. */
  #advance(reading: Reading): void {
    const { response } = reading;
    while (reading.position < this.log.length) {
      const isTerminal = this.log.isTerminal(reading.position);
      response.write(this.log.frame(reading.position));
      reading.position += 1;
      reading.left -= 1;
      this.#isTerminalSent ||= isTerminal;
      if (!isTerminal && reading.left > 0) continue;
      if (!isTerminal) response.write(dataFrame({ type: "rotate" }));
      this.#readings.delete(reading);
      return void response.end();
    }
  }
}
