import { ConnectError, StreamCutError } from "../protocol/errors.ts";
import { after } from "./timer.ts";
import type { Watchdog } from "./watchdog.ts";

/** One response, being read. */
export interface Connection {
  readonly response: Response;
  /**
   * The next bytes.
   *
   * @throws {StreamCutError} `TRUNCATED`, `DROPPED` or `STALLED`, or what {@link Connection.cut} was given.
   */
  read(): Promise<Uint8Array>;
  /** Ends it: whoever waits for bytes is told `reason`. */
  cut(reason?: unknown): void;
}

/** What a `fetch` throws, or its body. */
export type Thrown = { cause?: { data?: unknown } } | undefined;

/** How one attempt is made, and given up. */
export interface Opening {
  send: (signal: AbortSignal) => Promise<Response>;
  /** Longest wait for the head of the response, in milliseconds; 0: for ever. */
  connectMs: number;
  watchdog: Watchdog;
}

/**
 * Opens one connection.
 *
 * @param onCut - Is given what ends the attempt from outside, before there is a connection and after.
 * @throws {ConnectError} when there is no event stream; what it was cut with.
 */
export async function openConnection(
  { send, connectMs, watchdog }: Opening,
  onCut: (cut: Connection["cut"]) => void,
): Promise<Connection> {
  const closing = new AbortController();
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let cutBy: { reason: unknown } | undefined;
  let interrupt: ((reason: unknown) => void) | undefined;
  // A fetch of one's own need not heed the signal, nor its body the reader: what waits is told in any case.
  const letGo = () => void reader?.cancel().catch(() => {});
  const cut = (reason: unknown) => {
    cutBy ??= { reason };
    interrupt?.(reason);
    letGo();
    closing.abort();
  };
  onCut(cut);
  const stopWaiting =
    connectMs > 0 &&
    after(connectMs, () => {
      const message = `no response within ${connectMs} ms`;
      cut(new ConnectError("CONNECT_TIMEOUT", message, { retriable: true }));
    });
  try {
    const response = await new Promise<Response>((resolve, reject) => {
      interrupt = reject;
      send(closing.signal)
        .then((answer) => {
          reader = answer.body?.getReader();
          if (cutBy) letGo();
          resolve(answer);
        })
        .catch(reject);
    });
    return { response, cut, read };
  } catch (error) {
    // What it was cut with is the truth, not how the fetch took that.
    throw cutBy ? cutBy.reason : error;
  } finally {
    if (stopWaiting) stopWaiting();
    interrupt = undefined;
  }

  async function read(): Promise<Uint8Array> {
    const stop = watchdog.watch((ms) =>
      cut(new StreamCutError("STALLED", `nothing came for ${ms} ms`)),
    );
    let chunk;
    try {
      chunk = await new Promise<ReadableStreamReadResult<Uint8Array> | undefined>(
        (resolve, reject) => {
          interrupt = reject;
          if (cutBy) reject(cutBy.reason);
          else reader?.read().then(resolve, reject);
        },
      );
    } catch (cause) {
      // An HTTP parser keeps the bytes that it failed at: payload.
      delete (cause as Thrown)?.cause?.data;
      cutBy ??= { reason: new StreamCutError("DROPPED", "broken before the terminal", { cause }) };
    }
    stop();
    if (!cutBy && chunk?.value) return chunk.value;
    throw cutBy ? cutBy.reason : new StreamCutError("TRUNCATED", "ended before the terminal");
  }
}
