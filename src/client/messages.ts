import { DONE } from "../protocol/codec.ts";
import { StreamCutError } from "../protocol/errors.ts";
import type { SSEMessage } from "../protocol/message.ts";
import { ofKind, optionalFunction } from "../protocol/options.ts";
import type { Outcome } from "../protocol/outcome.ts";
import type { ParseOptions } from "../protocol/parse.ts";
import type { LinkListener, LinkOptions } from "./link.ts";
import { createLink } from "./link.ts";
import { checkReading } from "./read.ts";
import { createReading } from "./reading.ts";
import { wayTo } from "./response-way.ts";
import type { ConnectionOptions, Way } from "./way.ts";
import { createWay } from "./way.ts";

/** How messages are read that are not ssekit's events. */
export interface MessageOptions extends ParseOptions {
  /** Answers whether a message ends the stream. It is no item then. @default its data is `[DONE]` */
  isTerminal?: ((message: SSEMessage) => boolean) | undefined;
  /**
   * Whether the protocol ends with the body: a clean end is `completed` then, and nobody comes back for more.
   *
   * @default false
   */
  endsWithBody?: boolean | undefined;
  /** Aborts the request and the stream: the loop throws its reason, untouched. */
  signal?: AbortSignal | undefined;
  /**
   * Longest silence of an open connection, in milliseconds: then it counts as dead (`STALLED`). `0`: for ever.
   *
   * @default "auto": three heartbeats, as the server announces them or as they are seen to come
   */
  silenceMs?: number | "auto" | undefined;
  /**
   * Told that the stream starts over, before the loop gets the first message again: what came so far is void. What it
   * throws ends the stream.
   */
  onReset?: (() => void) | undefined;
}

/** What {@link connectMessages} takes: the request, the way back, and how its messages are read. */
export interface ConnectMessagesOptions extends ConnectionOptions, MessageOptions {}

/** What a stream of messages came to. */
export interface MessagesEnd {
  outcome: Outcome;
  /** Why it is not `completed`: what the loop throws, or `undefined` when it was closed or left. */
  error: unknown;
}

/**
 * One stream of messages, read by one loop, over as many connections as it takes.
 *
 * Nothing is read ahead of the loop. Leaving the loop, `close()` and the signal close the connection. The loop throws
 * when there was no stream (`ConnectError`), when it was cut for good (`StreamCutError`), and what `isTerminal` throws.
 */
export interface MessageStream extends AsyncIterable<SSEMessage, undefined> {
  /** Where the loop is: the last event ID of the message it was given. `''` after an empty one. */
  readonly lastEventId: string | undefined;
  /**
   * How the stream ended, known when it has. Never rejects. Asking for it when no loop has begun by the end of
   * the same turn reads the stream to its end.
   */
  readonly ended: Promise<MessagesEnd>;
  /** Closes the connection: the stream ends as `aborted`, the loop ends without a throw. Idempotent. */
  close(): void;
  /**
   * Takes the stream's one loop.
   *
   * @throws {SSEError} `ALREADY_READ` when there is one: two would take messages from each other. See {@link tee}.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<SSEMessage, undefined>;
}

/**
 * Connects to any server-sent events endpoint, and reads its messages as they are: no types, no JSON.
 *
 * Beyond that it is `connect`: it comes back where that is safe, gets each message once, and tells how it ended.
 *
 * @param url - As `fetch` takes it.
 * @returns At once. That there is no stream is thrown by the loop and told by `ended`.
 * @throws {TypeError | RangeError} at once, naming the option, when an option is not usable.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * @example
 * const stream = connectMessages('https://api.example.com/v1/answers', { json: { stream: true } })
 * for await (const { event, data } of stream) handle(event, JSON.parse(data))
 * const { outcome } = await stream.ended
 */
export function connectMessages(
  url: string | URL,
  options: ConnectMessagesOptions = {},
): MessageStream {
  const { isTerminal, endsWithBody, onReset, signal, silenceMs, maxEventBytes, ...to } = options;
  const way = createWay(url, to, false);
  const reading = { isTerminal, endsWithBody, onReset, signal, silenceMs, maxEventBytes };
  return createMessageStream(way, reading);
}

/**
 * Reads the messages of a response that is already there, for those who fetch themselves.
 *
 * @param response - Its body is owned by the returned stream from then on.
 * @returns At once. That it is no event stream is thrown by the loop and told by `ended`.
 * @throws {TypeError | RangeError} at once, naming the option, when one is not usable or the body is being read.
 * @example
 * const stream = readMessages(await fetch('/any-sse'), { endsWithBody: true })
 */
export function readMessages(response: Response, options: MessageOptions = {}): MessageStream {
  return createMessageStream(wayTo(response), options);
}

function createMessageStream(
  { request, ...way }: Omit<Way, "place">,
  options: MessageOptions,
): MessageStream {
  const { isTerminal = isDone, endsWithBody = false, onReset, signal } = options;
  optionalFunction("isTerminal", isTerminal);
  ofKind("endsWithBody", "boolean", endsWithBody);
  optionalFunction("onReset", onReset);
  const linkOptions: LinkOptions = { ...way, ...checkReading(options) };
  let isOver = false;
  let { lastEventId } = way;
  let isAnew = false;
  /** The messages that come first after the stream started over. */
  const firsts = new Set<SSEMessage>();
  let tellEnd: (end: MessagesEnd) => void;
  const ended = new Promise<MessagesEnd>((resolve) => {
    tellEnd = resolve;
  });

  const reading = createReading<SSEMessage>({
    onTaken(message, id) {
      lastEventId = id;
      if (firsts.delete(message)) onReset?.();
    },
    ending: () => (isOver ? { outcome: "completed" } : undefined),
    onEnd: ({ outcome, error }) => tellEnd({ outcome, error }),
  });
  const told: LinkListener = {
    onMessage(message) {
      if (isOver) return;
      isOver = isTerminal(message);
      if (isOver) return;
      if (isAnew) firsts.add(message);
      isAnew = false;
      reading.add(message, link.cursor.id);
    },
    onReset: () => (isAnew = true),
    onState() {},
    isOver: (reason) => (isOver ||= endsWithBody && isCleanEnd(reason)),
  };
  const link = createLink(request, linkOptions, told);
  const pull = link.pull.bind(link);
  link.pull = () =>
    pull().catch((error: unknown) => {
      if (!isOver) throw error;
    });
  reading.start(link, signal);
  return {
    get lastEventId() {
      return lastEventId;
    },
    get ended() {
      reading.drain();
      return ended;
    },
    close: reading.close,
    [Symbol.asyncIterator]: reading.iterate,
  };
}

function isDone({ data }: SSEMessage): boolean {
  return data === DONE;
}

function isCleanEnd(reason: unknown): boolean {
  return reason instanceof StreamCutError && reason.code === "TRUNCATED";
}
