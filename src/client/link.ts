import { ConnectError, StreamCutError } from "../protocol/errors.ts";
import type { SSEMessage } from "../protocol/message.ts";
import type { ParseOptions, SSEParser } from "../protocol/parse.ts";
import { createSSEParser } from "../protocol/parse.ts";
import type { Connection } from "./connection.ts";
import { openConnection } from "./connection.ts";
import type { Cursor } from "./cursor.ts";
import { createCursor } from "./cursor.ts";
import { isHidden, onPage } from "./page.ts";
import { startPause } from "./pause.ts";
import type { Attempt, PreparedRequest } from "./request.ts";
import type { RetryPolicy } from "./retry.ts";
import { drawDelay } from "./retry.ts";
import { createWatchdog } from "./watchdog.ts";

/** Who is served for so long has come back to something, also where nothing new was to be told. */
const SERVED_MS = 30_000;

/** What a link goes by. */
export interface LinkOptions extends ParseOptions {
  policy: RetryPolicy;
  /** Longest wait for the head of a response, in milliseconds; 0: for ever. */
  connectMs: number;
  /** Longest silence; 0: for ever; `auto`: three heartbeats. */
  silenceMs: number | "auto";
  /** Where the reader stood when it was last here. */
  lastEventId?: string | undefined;
  /** Judges what was here before. @default one that stands behind `lastEventId` */
  cursor?: Cursor | undefined;
  /** The reconnection time until the server names one. @default 0 */
  askedMs?: number | undefined;
  /** Whether it took events along from there. */
  hasEvents?: boolean | undefined;
  /** The request that leads back, as far as one is known before the first response and after each. */
  back: (response?: Response) => PreparedRequest | undefined;
}

/** What a link tells. None of it may throw but `onMessage`, whose throw ends the link. */
export interface LinkListener {
  onMessage(message: SSEMessage): void;
  /** What came so far is void: the stream starts over. */
  onReset(): void;
  /** An attempt is being made, a response is here, or the next attempt is waited for until `retryAt`. */
  onState(state: "connecting" | "open" | "waiting", reason?: unknown, retryAt?: number): void;
  onOpen?(response: Response): void;
  /**
   * Whether all has been told although the terminal is missing: then nobody comes back for it.
   *
   * @param reason - What ended the connection, unless that was on purpose.
   */
  isOver?(reason: unknown): boolean;
}

/** One stream of messages, over as many connections as it takes. */
export interface Link {
  readonly attempt: number;
  readonly cursor: Cursor;
  /** Whether there ever was a response. */
  readonly wasOpen: boolean;
  /** Makes the first attempt. */
  start(): void;
  /**
   * Reads on, coming back where that is possible and safe. Messages are told before it resolves.
   *
   * @throws what cut the stream for good; what `onMessage` threw.
   */
  pull(): Promise<void>;
  /** This connection is at its end, on purpose: the next pull comes back at once. */
  rotate(retryMs?: number): void;
  close(): void;
}

/** Creates a link. */
export function createLink(
  request: PreparedRequest,
  {
    policy,
    connectMs,
    silenceMs,
    lastEventId,
    cursor = createCursor(lastEventId),
    askedMs = 0,
    hasEvents = false,
    back,
    maxEventBytes,
  }: LinkOptions,
  told: LinkListener,
): Link {
  let next: PreparedRequest | undefined = request;
  let attempt = 0;
  /** Attempts in a row that brought nothing new. */
  let failures = 0;
  let hasAskedAnew = false;
  let wasOpen = false;
  /** Since when this connection is here, and how many in a row were ended on purpose and for nothing. */
  let openedAt = 0;
  let spins = 0;
  let isRestart = false;
  let rotation: { retryMs: number } | undefined;
  let isClosed = false;
  let cut: Connection["cut"] | undefined;
  let endWait: (() => void) | undefined;
  let parser: SSEParser;

  const open = async (reason?: unknown): Promise<Connection> => {
    const { id } = cursor;
    attempt += 1;
    told.onState("connecting", reason);
    const facts: Attempt = { attempt, lastEventId: id, reason };
    const sender = next as PreparedRequest;
    // A request that begins something goes out once, unless its sender says otherwise.
    if (!sender.isSafe && policy.start === "once") next = back();
    const watchdog = createWatchdog(silenceMs);
    const send = (signal: AbortSignal) => sender.send(facts, signal);
    const connection = await openConnection({ send, connectMs, watchdog }, (given) => {
      cut = given;
      if (isClosed) cut();
    });
    next = back(connection.response) ?? next;
    cursor.reconnect();
    isRestart = hasEvents && !id;
    openedAt = Date.now();
    wasOpen = true;
    const { onComment } = watchdog;
    const onRetry = (ms: number) => (askedMs = ms);
    parser = createSSEParser({ onMessage, onComment, onId, onRetry }, { maxEventBytes });
    told.onOpen?.(connection.response);
    told.onState("open");
    return connection;
  };
  /** A message that is not repeated has come. */
  const onMessage = (message: SSEMessage) => {
    if (isClosed) return;
    if (isRestart) told.onReset();
    isRestart = false;
    hasEvents = true;
    told.onMessage(message);
  };
  const onId = (id: string): boolean => {
    const arrival = cursor.take(id);
    if (arrival === "repeated") return false;
    isRestart ||= arrival === "restarted";
    // An ID that is cleared is no new one.
    if (id) progress();
    return true;
  };
  const progress = () => {
    // An end on purpose counts itself.
    spins = -1;
    failures = 0;
    hasAskedAnew = false;
  };
  /** Makes ready for the next attempt, or throws: there will be none. */
  const comeBack = async (error: unknown): Promise<void> => {
    const planned = rotation;
    rotation = undefined;
    // User code is not the network: what it threw says nothing about another attempt.
    const failure = error instanceof ConnectError ? error : undefined;
    const isHopeful = failure?.retriable ?? error instanceof StreamCutError;
    // A fresh token may do, once.
    const asksAnew = failure?.status === 401 && next?.asksHeaders && !hasAskedAnew;
    const isOver = told.isOver?.(planned ? undefined : error);
    if (isOver || !next || !(asksAnew || isHopeful) || policy.attempts === 0) throw error;
    let floorMs = 0;
    let moreMs = 0;
    if (asksAnew) hasAskedAnew = true;
    else if (planned) {
      // A connection that brought nothing new and did not last either: the second in a row is no plan any more.
      spins += 1;
      floorMs = planned.retryMs;
      if (spins > 1) moreMs = drawDelay(policy, spins - 1, askedMs);
    } else {
      if (++failures > policy.attempts) throw error;
      floorMs = Math.max(askedMs, failure?.retryAfterMs ?? 0);
      moreMs = drawDelay(policy, failures, askedMs);
    }
    const isAtOnce = asksAnew || (planned && floorMs === 0 && spins < 2);
    if (isAtOnce && (policy.whileHidden || !isHidden())) return;
    await wait(floorMs, moreMs, error);
  };
  const wait = (floorMs: number, moreMs: number, reason: unknown): Promise<void> =>
    new Promise((resolve) => {
      endWait = startPause({ floorMs, moreMs, whileHidden: policy.whileHidden }, () => {
        endWait = undefined;
        resolve();
      });
      told.onState("waiting", reason, Date.now() + floorMs + moreMs);
    });

  let connection: Connection | undefined;
  let opened: Promise<Connection> | undefined;
  let forgetPage: (() => void) | undefined;

  const read = async (): Promise<Uint8Array | undefined> => {
    let reason: unknown;
    for (;;) {
      if (isClosed) return undefined;
      try {
        connection ??= await (opened ?? open(reason));
        const bytes = await connection.read();
        if (Date.now() - openedAt > SERVED_MS) progress();
        return bytes;
      } catch (error) {
        reason = error;
        if (error instanceof ConnectError) Object.assign(error, { attempt });
      }
      opened = undefined;
      connection?.cut();
      connection = undefined;
      if (!isClosed) await comeBack(reason);
    }
  };
  const link: Link = {
    cursor,
    get attempt() {
      return attempt;
    },
    get wasOpen() {
      return wasOpen;
    },
    start() {
      opened = open();
      // Whoever pulls is told.
      opened.catch(() => {});
      // A page that comes back out of the browser's cache has a connection that is none any more.
      if (isClosed) return;
      forgetPage = onPage(["pageshow"], (event) => {
        if ((event as PageTransitionEvent).persisted) link.rotate();
      });
    },
    async pull() {
      const bytes = await read();
      if (bytes && !isClosed) parser.feed(bytes);
    },
    rotate(retryMs = 0) {
      // Whoever waits for the next attempt comes back in any case.
      if (endWait) return;
      rotation = { retryMs };
      cut?.(new StreamCutError("TRUNCATED", "ended before the terminal"));
    },
    close() {
      isClosed = true;
      forgetPage?.();
      endWait?.();
      cut?.();
    },
  };
  return link;
}
