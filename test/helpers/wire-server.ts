import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, type Listening } from "./listen.ts";

/** What a server saw of one request, body included. */
export interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface WireServer extends Listening {
  asked: Asked[];
  /** Resolves when the connection of the latest response is gone. */
  left: () => Promise<unknown>;
}

/** A real server that answers by `script`, byte by byte, and notes who asked what and when they left. */
export async function wireServer(
  script: (response: ServerResponse) => unknown,
): Promise<WireServer> {
  const asked: Asked[] = [];
  const leaving: Array<Promise<unknown>> = [];
  const listening = await listen((request, response) => {
    leaving.push(once(response, "close"));
    void (async () => {
      let body = "";
      for await (const piece of request.setEncoding("utf8")) body += piece as string;
      const { method, url, headers } = request;
      asked.push({ method, url, headers, body });
      await script(response);
    })();
  });
  return {
    ...listening,
    asked,
    left: () => leaving.at(-1) ?? Promise.reject(new Error("nobody asked")),
  };
}

/** Opens a stream on `response` with `text` as its beginning. */
export function begin(response: ServerResponse, text: string, headers = {}): void {
  response.writeHead(200, { "content-type": "text/event-stream", ...headers });
  response.write(text);
}
