import { ACCEPTED, type Sent } from "../core/session.ts";
import { encodeEvent, outgoing } from "../protocol/codec.ts";
import type { BaseEvents, EventSet, SentEvent } from "../protocol/define.ts";
import { withId } from "../protocol/encode.ts";
import { EncodeError } from "../protocol/errors.ts";
import type { Place } from "../protocol/event-id.ts";
import { idOf, isAfter } from "../protocol/event-id.ts";
import type { AnyEvent } from "../protocol/events.ts";
import { ofKind, optionalFunction, refuse } from "../protocol/options.ts";
import { ChannelLog } from "./channel-log.ts";
import { closeAtShutdown, isShuttingDown, shuttingDown } from "../core/shutdown.ts";
import { checkCursor } from "./refusals.ts";
import { tailOf } from "./feed.ts";
import { gapFrame } from "./last-words.ts";
import { openReader } from "./open-reader.ts";
import { Paging } from "./paging.ts";
import { Publisher } from "./publisher.ts";
import type { ReaderRequest, Reply } from "./reply.ts";
import { lastEventIdOf, replyOrRefusal, toReplyResponse } from "./reply.ts";
import type { CheckedLogOptions, LogOptions } from "./run-options.ts";
import { checkLogOptions } from "./run-options.ts";
import type { LogInfo } from "./store.ts";

/** What {@link createChannel} takes. */
export interface ChannelOptions<Set extends EventSet = EventSet> extends LogOptions<Set> {
  /** Channels of one name in one store are one, on whichever machines. @default "main" */
  name?: string | undefined;
  /**
   * Answers the event that tells a late joiner how things stand: whoever comes without a last event ID, or with one that
   * is no longer kept. What is published while it answers comes after it.
   */
  snapshot?: (() => SentEvent<Set> | PromiseLike<SentEvent<Set>>) | undefined;
  /** Told when the store was away for longer than `storeAwayMs`: so many events were lost. */
  onLost?: ((error: unknown, count: number) => void) | undefined;
}

/** A broadcast without an end: one log, many readers. */
export interface Channel<Set extends EventSet = BaseEvents> {
  readonly name: string;
  /**
   * Publishes an event to all readers, on every machine.
   *
   * @returns A promise that waits while the store is behind: await it to go at its pace.
   * @throws {EncodeError} when JSON or its schema does not allow the event.
   * @throws {LogError} `LOG_OVERFLOW` when the store is so far behind that the event could not be kept.
   */
  publish(event: SentEvent<Set>): Sent;
  /** Resolves once all that was published here is in the store: `false` when some of it was lost. Never rejects. */
  flush(): Promise<boolean>;
  /**
   * Answers a request with what is published from now on, or behind its `Last-Event-ID`.
   *
   * A slow reader costs a cursor, not memory: it falls behind in the log, and past the retention it is told of the gap.
   */
  respond(request: Request): Promise<Response>;
  /** {@link Channel.respond} for adapters. */
  reply(request: ReaderRequest): Promise<Reply>;
}

const DAY_MS = 86_400_000;

/**
 * Creates a channel: whoever publishes tells all who read, now or after a cut.
 *
 * @throws {TypeError | RangeError} at once, naming the option, when one is not usable.
 * @example
 * const prices = createChannel({ store: memoryStore(), name: 'prices' })
 * prices.publish({ type: 'status', status: 'open' })
 * export const GET = (request: Request) => prices.respond(request)
 */
export function createChannel<Set extends EventSet = BaseEvents>(
  options: ChannelOptions<Set>,
): Channel<Set> {
  ofKind("options", "object", options);
  const { name = "main", snapshot, onLost } = options;
  if (typeof name !== "string" || name === "") refuse("name", "a string that is not empty", name);
  optionalFunction("snapshot", snapshot);
  optionalFunction("onLost", onLost);
  const checked = checkLogOptions(options, DAY_MS);
  return new ChannelOfStore(name, checked, snapshot, onLost);
}

type Snapshot = () => AnyEvent | PromiseLike<AnyEvent>;

class ChannelOfStore implements Channel<EventSet> {
  readonly name: string;
  readonly #options: CheckedLogOptions;
  readonly #snapshot: Snapshot | undefined;
  readonly #onLost: ChannelOptions["onLost"];
  readonly #log: ChannelLog;
  #publisher: Publisher | undefined;

  constructor(
    name: string,
    options: CheckedLogOptions,
    snapshot: Snapshot | undefined,
    onLost: ChannelOptions["onLost"],
  ) {
    this.name = name;
    closeAtShutdown(options.store);
    this.#options = options;
    this.#snapshot = snapshot;
    this.#onLost = onLost;
    this.#log = new ChannelLog(options.store, name, options.retention);
  }

  publish(event: AnyEvent): Sent {
    const frame = this.#encode(event);
    if (this.#publisher === undefined || this.#publisher.isLost) this.#publisher = this.#begin();
    const publisher = this.#publisher;
    publisher.add(frame);
    return publisher.desiredSize > 0 ? ACCEPTED : publisher.ready.then(() => !publisher.isLost);
  }

  flush(): Promise<boolean> {
    return this.#publisher?.flush() ?? Promise.resolve(true);
  }

  async respond(request: Request): Promise<Response> {
    return toReplyResponse(request, await this.reply(request));
  }

  reply(request: ReaderRequest): Promise<Reply> {
    return replyOrRefusal(async () => {
      if (isShuttingDown()) throw shuttingDown();
      const cursor = checkCursor(lastEventIdOf(request));
      const info = await this.#log.open();
      const { store } = this.#options;
      const { place, opening } = await this.#join(cursor, info);
      const options = this.#options;
      return openReader({
        store,
        info,
        id: this.name,
        request,
        options,
        leaseMs: 0,
        place,
        opening,
      });
    });
  }

  /** Where a reader begins, and what it is told first. */
  async #join(
    cursor: Place | undefined,
    info: LogInfo,
  ): Promise<{ place: Place; opening: string }> {
    const tail = tailOf(info);
    const gap = cursor === undefined ? "" : await this.#gapBehind(cursor, tail, info.streamId);
    if (cursor !== undefined && gap === "") return { place: cursor, opening: "" };
    // Its place is taken before it is told how things stand: what comes in between is told after, not left out.
    const place: Place = cursor !== undefined && !this.#snapshot ? [tail[0], 0] : tail;
    const state = this.#snapshot && this.#encode(await this.#snapshot());
    // With its place, also when it has got no event yet: nothing is lost when it is cut now.
    return { place, opening: gap + withId(idOf(...place), state) };
  }

  /** What is told to whoever has `cursor` when what follows it is no longer kept. */
  async #gapBehind(cursor: Place, tail: Place, streamId: string): Promise<string> {
    // The log of that epoch is gone as a whole.
    if (cursor[0] !== tail[0]) return gapFrame(idOf(...cursor), undefined);
    // Without a snapshot the reader finds out by itself, and is told what is kept.
    if (this.#snapshot === undefined || !isAfter(tail, cursor)) return "";
    const page = await new Paging(this.#options.store, streamId).ask(cursor, () => undefined);
    return page.gap;
  }

  #encode(event: AnyEvent): string {
    const { events, eventField } = this.#options;
    const plain = outgoing(event, events);
    if (plain.type === "done" || plain.type === "error") {
      throw new EncodeError(
        "INVALID_FIELD",
        "type",
        "a channel has no end: `type` must not be `done` or `error`",
      );
    }
    return encodeEvent(plain, eventField);
  }

  #begin(): Publisher {
    return new Publisher({
      bounds: this.#options.queue,
      giveUpMs: this.#options.giveUpMs,
      publish: (publisher, published, frames) =>
        this.#log.publish({ publisher, published, frames }),
      onLost: (error, count) => this.#onLost?.(error, count),
    });
  }
}
