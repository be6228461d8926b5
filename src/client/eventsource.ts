import { refuse } from "../protocol/options.ts";
import type { EventSourceOptions } from "./eventsource-link.ts";
import { createEventSourceLink } from "./eventsource-link.ts";
import type { Link } from "./link.ts";

export type { EventSourceOptions } from "./eventsource-link.ts";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

/** The `error` event of an {@link EventSource}: the platform's, and what it was about. */
export interface EventSourceErrorEvent extends Event {
  /** A `ConnectError`, a `StreamCutError`, a `DecodeError`, or what a function for headers threw. */
  readonly error: unknown;
  /** The HTTP status of a refusal. */
  readonly status: number | undefined;
  /** What `error` says. */
  readonly message: string;
}

/** What an {@link EventSource} dispatches. Any other name is one that the server gave to a message. */
export interface EventSourceEventMap {
  open: Event;
  message: MessageEvent<string>;
  error: EventSourceErrorEvent;
}

type Handler<Type extends keyof EventSourceEventMap> =
  | ((this: EventSource, event: EventSourceEventMap[Type]) => unknown)
  | null;

type Listener<Heard> =
  | ((this: EventSource, event: Heard) => unknown)
  | { handleEvent: (event: Heard) => unknown }
  | null;

/**
 * The standard's `EventSource`, on `fetch`: with headers, a method, a body and a `fetch` of your own where you want them.
 *
 * It comes back for ever after a cut and after an end, until `close()`, a status other than 200 or a response that is
 * no event stream. A request that begins something (any but GET) is the exception: it is sent once, and only a way
 * back that the server names is tried. Messages are read as fast as they come. What a listener throws is reported as the
 * platform does it, and changes nothing here.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface
 * @example
 * const source = new EventSource('/api/prices', { headers: { authorization: `Bearer ${token}` } })
 * source.onmessage = ({ data, lastEventId }) => show(data)
 */
export class EventSource extends EventTarget {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSED = CLOSED;
  declare readonly CONNECTING: typeof CONNECTING;
  declare readonly OPEN: typeof OPEN;
  declare readonly CLOSED: typeof CLOSED;

  readonly #url: URL;
  readonly #withCredentials: boolean;
  readonly #link: Link;
  readonly #handlers = new Map<string, Function>();
  readonly #handle = (event: Event): unknown => this.#handlers.get(event.type)?.call(this, event);
  /** The messages of the last chunk, as events that are yet to be dispatched. */
  #batch: MessageEvent<string>[] = [];
  #origin: string;
  #readyState: 0 | 1 | 2 = CONNECTING;

  /**
   * @param url - Relative to the page, where there is one.
   * @throws {DOMException} `SyntaxError` when `url` is none.
   * @throws {TypeError | RangeError} at once, naming the option, when an option is not usable.
   */
  constructor(url: string | URL, options: EventSourceOptions = {}) {
    super();
    if (arguments.length === 0) refuse("url", "a URL", url);
    this.#url = resolve(url);
    this.#origin = this.#url.origin;
    this.#withCredentials = Boolean(options.withCredentials);
    this.#link = createEventSourceLink(this.#url, options, {
      onOpen: (response) =>
        (this.#origin = response.url ? resolve(response.url).origin : this.#origin),
      onState: (state, reason) => {
        if (state === "open") this.#announce(OPEN, new Event("open"));
        else if (state === "waiting") this.#announce(CONNECTING, createErrorEvent(reason));
      },
      onMessage: ({ event, data }) => {
        const { id: lastEventId = "" } = this.#link.cursor;
        const init = { data, lastEventId, origin: this.#origin };
        this.#batch.push(new MessageEvent(event || "message", init));
      },
      onReset() {},
    });
    this.#link.start();
    void this.#read();
  }

  /** The address, resolved. That of the response can be another. */
  get url(): string {
    return this.#url.href;
  }
  get withCredentials(): boolean {
    return this.#withCredentials;
  }
  /** `CONNECTING` also while it waits for the next attempt. */
  get readyState(): 0 | 1 | 2 {
    return this.#readyState;
  }
  get onopen(): Handler<"open"> {
    return this.#handler("open");
  }
  set onopen(handler) {
    this.#setHandler("open", handler);
  }
  get onmessage(): Handler<"message"> {
    return this.#handler("message");
  }
  set onmessage(handler) {
    this.#setHandler("message", handler);
  }
  get onerror(): Handler<"error"> {
    return this.#handler("error");
  }
  set onerror(handler) {
    this.#setHandler("error", handler);
  }
  get [Symbol.toStringTag](): string {
    return "EventSource";
  }

  /** Ends it for good: nothing is dispatched any more. Idempotent. */
  close(): void {
    this.#readyState = CLOSED;
    this.#batch = [];
    this.#link.close();
  }

  override addEventListener<Type extends keyof EventSourceEventMap>(
    type: Type,
    listener: Listener<EventSourceEventMap[Type]>,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: Listener<MessageEvent<string>>,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: Listener<never>,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener as EventListener | null, options);
  }

  override removeEventListener<Type extends keyof EventSourceEventMap>(
    type: Type,
    listener: Listener<EventSourceEventMap[Type]>,
    options?: boolean | EventListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: Listener<MessageEvent<string>>,
    options?: boolean | EventListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: Listener<never>,
    options?: boolean | EventListenerOptions,
  ): void {
    super.removeEventListener(type, listener as EventListener | null, options);
  }

  /** Reads until it is closed. Nobody waits for it, and it never rejects. */
  async #read(): Promise<void> {
    let failure: { error: unknown } | undefined;
    while (!this.#isClosed()) {
      try {
        await this.#link.pull();
      } catch (error) {
        failure = { error };
      }
      // Each event is a task to the standard: what a listener has awaited may still close, before the next.
      const batch = this.#batch;
      this.#batch = [];
      for (const event of batch) {
        if (this.#isClosed()) return;
        this.dispatchEvent(event);
        await undefined;
      }
      if (failure) return this.#fail(failure.error);
    }
  }

  #isClosed(): boolean {
    return this.#readyState === CLOSED;
  }

  #announce(state: 0 | 1, event: Event): void {
    if (this.#isClosed()) return;
    this.#readyState = state;
    this.dispatchEvent(event);
  }

  #fail(error: unknown): void {
    if (this.#isClosed()) return;
    this.close();
    this.dispatchEvent(createErrorEvent(error));
  }

  #handler<Type extends keyof EventSourceEventMap>(type: Type): Handler<Type> {
    return (this.#handlers.get(type) as Handler<Type> | undefined) ?? null;
  }

  /** An attribute is heard in the place where it was first set; nothing but a function is heard. */
  #setHandler(type: string, handler: unknown): void {
    if (typeof handler !== "function") {
      this.#handlers.delete(type);
      super.removeEventListener(type, this.#handle);
      return;
    }
    this.#handlers.set(type, handler);
    super.addEventListener(type, this.#handle);
  }

  static {
    // Constants are the prototype's too, as the platform's are.
    for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSED })) {
      const constant = { value, enumerable: true, writable: false, configurable: false };
      Object.defineProperty(this, name, constant);
      Object.defineProperty(this.prototype, name, constant);
    }
  }
}

function resolve(url: string | URL): URL {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {
    throw new DOMException("no URL", "SyntaxError");
  }
}

function createErrorEvent(error: unknown): EventSourceErrorEvent {
  const { status, message } = Object(error) as { status?: number; message?: string };
  return Object.assign(new Event("error"), { error, status, message: message ?? String(error) });
}
