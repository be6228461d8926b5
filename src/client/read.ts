import type { ReadEvent } from "../protocol/define.ts";
import type { Outcome } from "../protocol/outcome.ts";
import type { ParseOptions } from "../protocol/parse.ts";

/** The payload of the `result` event, as its reader gets it. */
export type ReadResult<Set> =
  Extract<ReadEvent<Set>, { type: "result" }> extends infer Found
    ? string extends keyof Found
      ? { readonly [field: string]: unknown }
      : Omit<Found, "type">
    : never;

/** What a stream came to, on the reader's side. */
export interface ReadEnd<Set> {
  outcome: Outcome;
  /** The payload of the `result` event, when there was one. */
  result: ReadResult<Set> | undefined;
  /** All `chunk` contents so far, joined. */
  text: string;
  /** Why it is not `completed`: what the loop throws, a `RemoteError`, or the reason of the abort. */
  error: unknown;
}

/** How a stream is read. */
export interface ReadOptions<Set> extends ParseOptions {
  /** The events that the server speaks. @default the built-in union */
  events?: Set | undefined;
  /** Aborts the request and the stream: the loop throws its reason, untouched. */
  signal?: AbortSignal | undefined;
}
