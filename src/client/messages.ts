import { StreamCutError } from "../protocol/errors.ts";
import type { SSEMessage } from "../protocol/message.ts";
import type { ParseOptions } from "../protocol/parse.ts";
import { createSSEParser } from "../protocol/parse.ts";

/** The messages of one response, pulled one by one. Holds the messages of one chunk at most. */
export class MessageReader {
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #parser;
  #messages: SSEMessage[] = [];
  #next = 0;
  #failure: unknown;

  /** @throws {RangeError} when `maxEventBytes` is not a positive integer. */
  constructor(options: ParseOptions) {
    this.#parser = createSSEParser(
      { onMessage: (message) => this.#messages.push(message) },
      options,
    );
  }

  /** Takes the body over, and with it the duty to let it go. */
  attach(body: ReadableStream<Uint8Array>): void {
    this.#reader = body.getReader();
  }

  /** The next message of the chunk that is here, without waiting. */
  take(): SSEMessage | undefined {
    return this.#messages[this.#next++];
  }

  /**
   * Reads the next chunk, once all messages of the last one were taken. `false` at the end of the body.
   *
   * @throws {StreamCutError} `DROPPED` when the transport broke. @throws {DecodeError} `EVENT_TOO_LARGE`.
   */
  async read(): Promise<boolean> {
    this.#messages = [];
    this.#next = 0;
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#reader) return false;
    const { done, value } = await this.#readChunk(this.#reader);
    if (done) return false;
    try {
      this.#parser.feed(value);
    } catch (error) {
      // What came before it in the same chunk is good, and comes first.
      this.#failure = error;
    }
    return true;
  }

  /** Lets the connection go. Never rejects. */
  cancel(reason?: unknown): void {
    this.#messages = [];
    this.#reader?.cancel(reason).catch(() => {});
  }

  async #readChunk(
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): Promise<ReadableStreamReadResult<Uint8Array>> {
    try {
      return await reader.read();
    } catch (cause) {
      throw new StreamCutError("DROPPED", "the connection broke before the terminal", { cause });
    }
  }
}
