// The one place that names the class under test. Nothing here is Node's: pages load it, too.
import { EventSource } from "eventsource";
import type { SourceClass } from "./wire.ts";

export const subject = EventSource as unknown as SourceClass;

/** A check that the class fails, and a part of what the failure says: it must be that one. */
export interface Deviation {
  why: string;
  seen: string;
  /** @default everywhere */
  where?: readonly Where[];
}

export type Where = "node" | "page" | "worker";

/** Those of `all` that hold in a place of that kind. */
export function knownIn(where: Where, all: Record<string, Deviation>): Record<string, Deviation> {
  return Object.fromEntries(
    Object.entries(all).filter(([, deviation]) => deviation.where?.includes(where) ?? true),
  );
}

const WITHOUT_INIT = "takes `fetch` only: no headers, no method, no body";
const WITHOUT_WINDOW = "credentials are set where there is a `window` only";
const WITHOUT_DOCUMENT = "the base is the document's, and a worker has none";

/** By the name of the check. A check that is listed and does not fail in this way fails: the list cannot rot. */
export const deviations: Record<string, Deviation> = {
  "a second byte order mark at the start is removed, too": {
    why: "both the decoder and the parser remove one",
    seen: '["message","1",""]',
  },
  "the states have no names on the class, or can be changed": {
    why: "they are plain fields",
    seen: "CONNECTING after it was set is 9",
  },
  "it is no EventTarget, or has another name": {
    why: "it has no Symbol.toStringTag",
    seen: "[object EventTarget]",
  },
  "it can be made without a URL": {
    why: "a missing URL is taken for an invalid one",
    seen: '"SyntaxError", not "TypeError"',
  },
  "withCredentials is not what I said": {
    why: "what is given is not made a boolean",
    seen: "true,1,false",
  },
  "what has a toString() is not taken as a URL": {
    why: "only a string or a URL is taken",
    seen: "invalid or illegal string",
  },
  "handlers are not null at first, or take what is no function": {
    why: "what is set goes to addEventListener as it is",
    seen: "istener",
  },
  "a stream by POST does not send its body and type, or not again on a reconnect": {
    why: WITHOUT_INIT,
    seen: '"GET"',
  },
  "a stream by REPORT does not send its body and type, or not again on a reconnect": {
    why: WITHOUT_INIT,
    seen: '"GET"',
  },
  "headers of mine are not sent, or not again on a reconnect": {
    why: WITHOUT_INIT,
    seen: "[null,null]",
  },
  "an id that I know from before is not sent first, or stays when a newer one came": {
    why: WITHOUT_INIT,
    seen: '[null,null,"new"]',
  },
  "fetch of mine is not told to include credentials": {
    why: WITHOUT_WINDOW,
    seen: "same-origin",
    where: ["node", "worker"],
  },
  "cookies for another origin with withCredentials are not sent": {
    why: WITHOUT_WINDOW,
    seen: "false, not true",
    where: ["worker"],
  },
  "a number, null or undefined is no relative URL": {
    why: "only a string or a URL is taken",
    seen: "invalid or illegal string",
  },
  "a relative URL is not one of the page": {
    why: WITHOUT_DOCUMENT,
    seen: "invalid or illegal string",
    where: ["worker"],
  },
  "an empty URL is not the page's": {
    why: WITHOUT_DOCUMENT,
    seen: "invalid or illegal string",
    where: ["worker"],
  },
};
