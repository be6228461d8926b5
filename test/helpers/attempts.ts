import type { ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { begin, wireServer, type WireServer } from "./wire-server.ts";

type Script = (response: ServerResponse) => unknown;

/** A server for one test, which answers the attempts one after another; the last script answers all that come after. */
export async function attempts(...scripts: Script[]): Promise<WireServer> {
  let attempt = 0;
  const server = await wireServer((response) =>
    scripts[Math.min(attempt++, scripts.length - 1)]?.(response),
  );
  onTestFinished(server.close);
  return server;
}

/** Answers with `text`, and the connection breaks. */
export const cutAfter =
  (text: string, headers = {}): Script =>
  (response) => {
    begin(response, text, headers);
    setImmediate(() => response.socket?.resetAndDestroy());
  };

/** Answers with `text`, and the body ends. */
export const whole =
  (text: string, headers = {}): Script =>
  (response) => {
    begin(response, text, headers);
    response.end();
  };

/** Answers with `text`, and the body stays open. */
export const open =
  (text: string, headers = {}): Script =>
  (response) =>
    begin(response, text, headers);

/** Refuses. */
export const refusal =
  (status: number, headers = {}): Script =>
  (response) => {
    response.writeHead(status, headers);
    response.end();
  };
