import { toEvent } from "../protocol/codec.ts";
import type { EventSet, ReadEvent } from "../protocol/define.ts";
import { RemoteError, SSEError, StreamCutError } from "../protocol/errors.ts";
import type { ErrorEvent } from "../protocol/events.ts";
import type { Outcome } from "../protocol/outcome.ts";
import { outcomeOf } from "../protocol/outcome.ts";
import { MessageReader } from "./messages.ts";
import type { ReadEnd, ReadOptions, ReadResult } from "./read.ts";

interface Waiting<Event> {
  resolve: (result: IteratorResult<Event, undefined>) => void;
  reject: (error: unknown) => void;
}

const OVER = { value: undefined, done: true } as const;

/**
 * One stream of typed events, read by one loop.
 *
 * Nothing is read ahead of the loop. Leaving the loop, `close()` and the signal close the connection. The loop
 * throws when there was no stream (`ConnectError`), when it was cut (`StreamCutError`) and when bytes are no
 * event (`DecodeError`); an `error` event is an event like the others, and the end after it is no throw.
 *
 * @example
 * for await (const event of stream) if (event.type === 'chunk') show(event.content)
 * const { outcome, result } = await stream.ended
 */
export class EventStream<Set extends EventSet> implements AsyncIterable<ReadEvent<Set>, undefined> {
  readonly #options: ReadOptions<Set>;
  readonly #abort = new AbortController();
  readonly #opening: Promise<void>;
  readonly #ended: Promise<ReadEnd<Set>>;
  #tellEnd!: (end: ReadEnd<Set>) => void;
  readonly #messages: MessageReader;
  #waiting: Waiting<ReadEvent<Set>>[] = [];
  #isPumping = false;
  #isTaken = false;
  #isOver = false;
  /** What the loop has yet to be told. */
  #toThrow: { error: unknown } | undefined;
  #remote: ErrorEvent | undefined;
  #result: ReadResult<Set> | undefined;
  #text = "";
  #stopListening: () => void = () => {};

  /** @param open - Called at once, with the signal that closes the connection. */
  constructor(open: (signal: AbortSignal) => Promise<Response>, options: ReadOptions<Set> = {}) {
    this.#options = options;
    this.#messages = new MessageReader(options);
    this.#ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    this.#listen(options.signal);
    this.#opening = this.#isOver ? Promise.resolve() : this.#open(open);
  }

  /** The text of all `chunk` events so far. */
  get text(): string {
    return this.#text;
  }

  /**
   * How the stream ended, known when it has. Never rejects. Asking for it when no loop has begun by the end of
   * the same turn reads the stream to its end: no loop can begin then.
   */
  get ended(): Promise<ReadEnd<Set>> {
    queueMicrotask(() => {
      if (!this.#isTaken) void this.#drain();
    });
    return this.#ended;
  }

  /** Closes the connection: the stream ends as `aborted`, the loop ends without a throw. Idempotent. */
  close(): void {
    this.#end("aborted", undefined);
  }

  /**
   * Takes the stream's one loop.
   *
   * @throws {SSEError} `ALREADY_READ` when there is one: two would take events from each other.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<ReadEvent<Set>, undefined> {
    if (this.#isTaken) {
      throw new SSEError(
        "ALREADY_READ",
        "this stream is being read already: two loops would take events from each other",
      );
    }
    this.#isTaken = true;
    const iterator: AsyncIterableIterator<ReadEvent<Set>, undefined> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => this.#next(),
      return: () => {
        this.close();
        return Promise.resolve(OVER);
      },
    };
    return iterator;
  }

  #next(): Promise<IteratorResult<ReadEvent<Set>, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
      if (!this.#isPumping && this.#waiting.length > 0) void this.#pump();
    });
  }

  /** Answers who waits, as far as that goes without reading on. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const event = this.#isOver ? undefined : this.#takeEvent();
      if (event !== undefined) this.#waiting.shift()?.resolve({ value: event, done: false });
      else if (this.#isOver) this.#tellOver(this.#waiting.shift());
      else return;
    }
  }

  #tellOver(waiting: Waiting<ReadEvent<Set>> | undefined): void {
    const thrown = this.#toThrow;
    this.#toThrow = undefined;
    if (thrown) waiting?.reject(thrown.error);
    else waiting?.resolve(OVER);
  }

  /** The next event of the chunk that is here. Ends the stream at the terminal or at what is no event. */
  #takeEvent(): ReadEvent<Set> | undefined {
    for (;;) {
      const message = this.#messages.take();
      if (message === undefined) return undefined;
      try {
        const event = toEvent(message, this.#options.events);
        if (event?.type === "done") {
          this.#endAtTerminal();
          return undefined;
        }
        if (event !== undefined) return this.#note(event as ReadEvent<Set>);
      } catch (error) {
        this.#fail("failed", error);
        return undefined;
      }
    }
  }

  #note(event: ReadEvent<Set>): ReadEvent<Set> {
    if (event.type === "chunk") this.#text += (event as unknown as { content: string }).content;
    else if (event.type === "error") this.#remote = event as unknown as ErrorEvent;
    else if (event.type === "result") {
      const { type: _, ...result } = event;
      this.#result = result as unknown as ReadResult<Set>;
    }
    return event;
  }

  /** Reads on until nobody waits. Never rejects. */
  async #pump(): Promise<void> {
    this.#isPumping = true;
    try {
      await this.#opening;
      while (this.#waiting.length > 0) {
        if (!this.#isOver && !(await this.#messages.read())) this.#endAtEof();
        this.#serve();
      }
    } catch (error) {
      this.#fail(error instanceof StreamCutError ? "dropped" : "failed", error);
    } finally {
      this.#isPumping = false;
    }
  }

  async #open(open: (signal: AbortSignal) => Promise<Response>): Promise<void> {
    try {
      const { body } = await open(this.#abort.signal);
      if (!body) return;
      this.#messages.attach(body);
      // Somebody closed while the request was under way: the body that came after all is let go.
      if (this.#isOver) this.#messages.cancel();
    } catch (error) {
      this.#fail("failed", error);
    }
  }

  #endAtTerminal(): void {
    if (this.#remote) this.#end(outcomeOf(this.#remote), new RemoteError(this.#remote));
    else this.#end("completed", undefined);
  }

  #endAtEof(): void {
    if (this.#isOver) return;
    if (this.#remote) this.#endAtTerminal();
    else
      this.#fail(
        "truncated",
        new StreamCutError("TRUNCATED", "the body ended before the terminal"),
      );
  }

  /** Ends with an error that the loop throws. */
  #fail(outcome: Outcome, error: unknown): void {
    if (this.#isOver) return;
    this.#toThrow = { error };
    this.#end(outcome, error);
  }

  #end(outcome: Outcome, error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#messages.cancel();
    this.#abort.abort();
    this.#tellEnd({ outcome, result: this.#result, text: this.#text, error });
    this.#serve();
  }

  #listen(signal: AbortSignal | undefined): void {
    if (!signal) return;
    const onAbort = () => this.#fail("aborted", signal.reason);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", onAbort);
  }

  async #drain(): Promise<void> {
    try {
      for await (const _ of this);
    } catch {
      // It is in `ended`.
    }
  }
}
