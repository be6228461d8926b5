import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, type Listening } from "./listen.ts";

export interface FeedServer extends Listening {
  /** The `Last-Event-ID` of each request for the stream. */
  asked: Array<string | undefined>;
  /** How many connections are open. */
  open: () => number;
  /** Tells so many events more: `{ type: "chunk", content: "<number> " }`, counted from 1. */
  tell: (count?: number) => void;
  /** Tells the result and the terminal, and closes. */
  end: () => void;
  /** Breaks what is open. */
  cut: () => void;
}

export interface FeedOptions {
  /** Whether events have an ID, and a reader that names one is told what came after it. */
  hasIds?: boolean;
  /** What other addresses are answered with. */
  others?: (request: IncomingMessage, response: ServerResponse) => void;
}

const EPOCH = 1_700_000_000_000;

/** A real server with one endless stream for many readers, at `/stream`, which it replays to whoever comes. */
export async function feedServer({
  hasIds = true,
  others = (_, response) => void response.end("hello"),
}: FeedOptions = {}): Promise<FeedServer> {
  const frames: string[] = [];
  const asked: Array<string | undefined> = [];
  const open = new Set<ServerResponse>();
  let told = 0;
  let isOver = false;
  const say = (event: object) => {
    const id = hasIds ? `id: ${EPOCH}-${frames.length + 1}\n` : "";
    const frame = `${id}data: ${JSON.stringify(event)}\n\n`;
    frames.push(frame);
    for (const response of open) response.write(frame);
  };
  const finish = (response: ServerResponse) => response.end("data: [DONE]\n\n");
  const listening = await listen((request, response) => {
    if (request.url !== "/stream") return others(request, response);
    const id = request.headers["last-event-id"] as string | undefined;
    asked.push(id);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`: open heartbeatMs=15000\n\n`);
    open.add(response);
    response.once("close", () => open.delete(response));
    const after = hasIds && id ? Number(id.split("-")[1]) : 0;
    for (const frame of frames.slice(after)) response.write(frame);
    if (isOver) finish(response);
  });
  return {
    ...listening,
    asked,
    open: () => open.size,
    tell(count = 1) {
      for (let n = 0; n < count; n += 1) say({ type: "chunk", content: `${(told += 1)} ` });
    },
    end() {
      isOver = true;
      say({ type: "result", told });
      for (const response of open) finish(response);
    },
    cut() {
      for (const response of open) response.socket?.resetAndDestroy();
    },
  };
}
