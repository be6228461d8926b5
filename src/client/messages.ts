import { StreamCutError } from "../protocol/errors.ts";
import type { SSEMessage } from "../protocol/message.ts";
import type { ParseOptions } from "../protocol/parse.ts";
import { createSSEParser } from "../protocol/parse.ts";

type Body = ReadableStream<Uint8Array>;

/** The messages of one response, pulled. Holds those of one chunk at most. */
export interface Messages {
  /** Says where the body comes from, and hands over the duty to let it go. `onFailure` is told that none came. */
  attach(response: Promise<Response>, onFailure: (error: unknown) => void): void;
  /** The next message of the chunk that is here, without waiting. */
  take(): SSEMessage | undefined;
  /**
   * Reads the next chunk, once all messages of the last one were taken. Answers `false` at the end of the body.
   *
   * @throws {StreamCutError} `DROPPED` when the transport broke. @throws {DecodeError} `EVENT_TOO_LARGE`.
   */
  read(): Promise<boolean>;
  /** Lets the connection go, also one that is yet to come. Never throws. */
  cancel(): void;
}

/** @throws {RangeError} when `maxEventBytes` is not a positive integer. */
export function createMessages(options: ParseOptions): Messages {
  let reader: Promise<ReadableStreamDefaultReader<Uint8Array>> | undefined;
  let messages: SSEMessage[] = [];
  let next = 0;
  let failure: unknown;
  const parser = createSSEParser({ onMessage: (message) => messages.push(message) }, options);

  const readChunk = async () => {
    const body = await reader;
    try {
      return await body?.read();
    } catch (cause) {
      throw new StreamCutError("DROPPED", "the transport broke before the terminal", { cause });
    }
  };
  return {
    attach(response, onFailure) {
      // That there is a body was checked with the status.
      reader = response.then(({ body }) => (body as Body).getReader());
      reader.catch(onFailure);
    },
    take: () => messages[next++],
    async read() {
      messages = [];
      next = 0;
      if (failure) throw failure;
      const chunk = await readChunk();
      if (!chunk?.value) return false;
      try {
        parser.feed(chunk.value);
      } catch (error) {
        // What came before it in the same chunk is good, and comes first.
        failure = error;
      }
      return true;
    },
    cancel() {
      messages = [];
      reader?.then((body) => body.cancel()).catch(() => {});
    },
  };
}
