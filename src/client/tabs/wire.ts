import {
  ConnectError,
  DecodeError,
  RemoteError,
  SSEError,
  StreamCutError,
} from "../../protocol/errors.ts";
import type { ErrorEvent } from "../../protocol/events.ts";
import type { Outcome } from "../../protocol/outcome.ts";
import type { StreamSnapshot } from "../read.ts";
import type { Entry } from "./log.ts";

/** How the stream ended, for every tab. */
export interface SharedEnd {
  readonly outcome: Outcome;
  readonly error?: unknown;
}

/** Where the connection stands that the leader holds. */
export interface Facts {
  readonly state: Exclude<StreamSnapshot<unknown>["state"], "idle" | "ended">;
  readonly attempt: number;
  readonly retryAt?: number | undefined;
  readonly error?: unknown;
  /** Where the stream can be read again, once that is known. */
  readonly url?: string | undefined;
}

/** A number of the events that a leader told: a line's events are counted through all of its leaders. */
type Position = number;

/** What the leader says of itself in all that it tells. */
export interface Leading {
  /** Grows with every leader: what an earlier one said comes too late. */
  readonly term: number;
  /** Who leads: two that never heard of each other may have the same term. */
  readonly leader: string;
  /** What is counted: a stream that somebody began with nothing, and that every leader since went on with. */
  readonly line: string;
  readonly position: Position;
}

/** Asks the leader for what stands behind `position`. */
export interface Hello {
  readonly kind: "hello";
  readonly from: string;
  readonly ask: number;
  readonly term: number;
  readonly leader?: string | undefined;
  readonly line?: string | undefined;
  readonly position: Position;
  /** The last ID up to there, which says it better where there are any. */
  readonly id?: string | undefined;
}

/** The answer to a {@link Hello}. */
export interface Sync extends Leading {
  readonly kind: "sync";
  readonly to: string;
  readonly ask: number;
  readonly isReset: boolean;
  readonly isGap: boolean;
  readonly entries: readonly Entry[];
  readonly facts: Facts;
  readonly end?: SharedEnd | undefined;
}

export type Told =
  | Sync
  | (Leading & { readonly kind: "lead" | "facts"; readonly facts: Facts })
  | (Leading & { readonly kind: "event"; readonly entry: Entry })
  | (Leading & { readonly kind: "end"; readonly end: SharedEnd });

export type Message = Hello | Told;

type Shape = Readonly<Record<string, unknown>>;
const VERSION = 1;
const STATE = /^(connecting|open|waiting)$/;
const OUTCOME = /^(completed|failed|aborted|truncated|dropped)$/;

const isShape = (value: unknown): value is Shape => typeof value === "object" && value !== null;
const isText = (value: unknown) => typeof value === "string";
const matches = (value: unknown, form: RegExp) => isText(value) && form.test(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTextOrNone = (value: unknown) => value === undefined || isText(value);
const isNumberOrNone = (value: unknown) => value === undefined || Number.isFinite(value);

// The stream's own machinery says these, and no leader tells them.
const isEntry = (value: unknown): boolean =>
  isShape(value) &&
  isTextOrNone(value.id) &&
  isShape(value.event) &&
  isText(value.event.type) &&
  !/^(done|rotate|)$/.test(value.event.type);
const isFacts = (value: unknown): boolean =>
  isShape(value) &&
  matches(value.state, STATE) &&
  isCount(value.attempt) &&
  isNumberOrNone(value.retryAt) &&
  isTextOrNone(value.url);
const isEnd = (value: unknown): boolean => isShape(value) && matches(value.outcome, OUTCOME);
const isLeading = (value: Shape): boolean =>
  isText(value.leader) && isText(value.line) && isCount(value.position);

const RULES: Readonly<Record<string, (value: Shape) => boolean>> = {
  hello: (value) =>
    isText(value.from) &&
    isCount(value.ask) &&
    [value.leader, value.line, value.id].every(isTextOrNone) &&
    isCount(value.position),
  lead: (value) => isLeading(value) && isFacts(value.facts),
  facts: (value) => isLeading(value) && isFacts(value.facts),
  event: (value) => isLeading(value) && isEntry(value.entry),
  end: (value) => isLeading(value) && isEnd(value.end),
  sync: (value) =>
    isLeading(value) &&
    isText(value.to) &&
    isCount(value.ask) &&
    isFacts(value.facts) &&
    Array.isArray(value.entries) &&
    value.entries.every(isEntry) &&
    (value.end === undefined || isEnd(value.end)),
};

/** The form that goes over the channel. */
export function toPosted(message: Message): unknown {
  const { facts, end, ...rest } = message as Message & { facts?: Facts; end?: SharedEnd };
  return {
    ssekit: VERSION,
    ...rest,
    ...(facts && { facts: { ...facts, error: toPlain(facts.error) } }),
    ...(end && { end: { ...end, error: toPlain(end.error) } }),
  };
}

/** Reads what came over the channel. Any script of the origin may post there: what is no message is `undefined`. */
export function fromPosted(data: unknown): Message | undefined {
  if (!isShape(data) || data.ssekit !== VERSION || !isCount(data.term)) return undefined;
  const { kind } = data;
  if (!isText(kind) || !Object.hasOwn(RULES, kind) || !RULES[kind]?.(data)) return undefined;
  const { facts, end } = data as { facts?: Facts; end?: SharedEnd };
  return {
    ...data,
    ...(facts && { facts: { ...facts, error: toError(facts.error) } }),
    ...(end && { end: { ...end, error: toError(end.error) } }),
  } as unknown as Message;
}

/** What is left of an error on its way to another tab: its kind, its code, and the facts it carries. */
function toPlain(error: unknown): unknown {
  if (error === undefined) return undefined;
  if (!(error instanceof SSEError)) return { kind: "other" };
  const { code } = error;
  if (error instanceof RemoteError) return { kind: "remote", code, event: error.event };
  if (error instanceof StreamCutError) return { kind: "cut", code };
  if (error instanceof DecodeError) return { kind: "decode", code, field: error.field };
  if (!(error instanceof ConnectError)) return { kind: "other" };
  const { status, attempt, retriable, retryAfterMs, body } = error as ConnectError & {
    retryAfterMs?: number;
  };
  return { kind: "connect", code, status, attempt, retriable, retryAfterMs, body };
}

/** The error again. Its message is written here: what came over the channel stays in the fields. */
function toError(plain: unknown): Error | undefined {
  if (!isShape(plain)) return undefined;
  const { kind, event, field, status, attempt, retriable, retryAfterMs, body } = plain;
  const message = "told by the tab that holds the connection";
  const code = matches(plain.code, /^[A-Z_]{1,40}$/) && (plain.code as never);
  if (kind === "remote" && isShape(event)) {
    return new RemoteError("REMOTE_ERROR", message, { event: event as unknown as ErrorEvent });
  }
  if (kind === "cut" && code) return new StreamCutError(code, message);
  if (kind === "decode" && code && isTextOrNone(field)) {
    return new DecodeError(code, message, { field: field as string });
  }
  const isConnect = kind === "connect" && code && [status, attempt].every(isNumberOrNone);
  if (isConnect && isNumberOrNone(retryAfterMs) && isTextOrNone(body)) {
    const details = { status, attempt, retryAfterMs, body, retriable: retriable === true };
    return new ConnectError(code, message, details as ConnectError);
  }
  return new SSEError("FAILED_ELSEWHERE", "it failed in the tab that holds the connection");
}
