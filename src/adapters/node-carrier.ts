import type { EndListener, Verdict } from "../core/life.ts";
import type { OutgoingStream } from "../core/outgoing.ts";
import type { ByteSink } from "../core/source.ts";
import { StreamCutError } from "../protocol/errors.ts";
import { isHttp2, takesAnother, thisTick, write, type NodeResponse } from "./node-write.ts";

/** Where a response has its carrier, so that all responses share their listeners. */
const CARRIER = Symbol("ssekit carrier");
type Carried = NodeResponse & { [CARRIER]?: Carrier };

/**
 * Writes what there is, waits for room, writes again. An object, not closures nor an async function: while a stream is
 * silent those would keep its last bytes and all they have ever named.
 */
export class Carrier implements ByteSink, EndListener {
  readonly #response: Carried;
  readonly #stream: OutgoingStream;
  /** The tick in which it wrote last, none yet, and how much. */
  #wroteIn = -1;
  #wrote = 0;
  #room: Room | undefined;

  constructor(response: NodeResponse, stream: OutgoingStream) {
    this.#response = response;
    this.#stream = stream;
  }

  get takesText(): boolean {
    return true;
  }

  get takesAhead(): boolean {
    return takesAnother(this.#response, this.#wroteIn === thisTick() ? this.#wrote : 0);
  }

  /**
   * Ties the two ends together. A disconnect is read off the response, never off the request: a request whose
   * body was parsed is closed while its reader still waits.
   */
  follow(): void {
    const response = this.#response;
    // Two streams of one response: the second ends when it finds the head sent, and the first stays tied.
    if (response[CARRIER] === undefined) {
      response[CARRIER] = this;
      response.on("error", tellFailure);
      response.on("close", tellClosed);
    }
    if (isOver(response)) this.onClose();
    this.#stream.atEnd(this);
  }

  onClose(): void {
    // Somebody else may have ended the response: then it went through, but not with our terminal.
    if (wentThrough(this.#response) && this.#stream.isDrained) this.#stream.delivered();
    this.#stream.leave(readerLeft());
  }

  onFailure(cause: unknown): void {
    this.#stream.drop(
      new StreamCutError("WRITE_FAILED", "writing to the response failed", { cause }),
    );
  }

  /**
   * A stream that was cut on this side must not look finished, nor hold the socket of a reader that never reads.
   * HTTP/2 calls a response that waits for its reader to take the last of it finished: the outcome knows better.
   */
  onEnded({ outcome }: Verdict): void {
    if (outcome === "dropped" || !wentThrough(this.#response)) destroy(this.#response);
  }

  onChunk(chunk: Uint8Array | string | undefined, byteLength?: number): void {
    try {
      if (chunk !== undefined && !isOver(this.#response)) this.#write(chunk, byteLength);
      else {
        this.#room?.release();
        // What was taken and not written did not go through.
        if (chunk !== undefined) this.#stream.leave(readerLeft());
        // The end came without a last chunk.
        else if (this.#stream.isDrained) this.#response.end();
      }
    } catch (cause) {
      this.onFailure(cause);
    }
  }

  /** There is room again, or never will be. */
  onRoom(): void {
    this.#stream.take(this);
  }

  #write(chunk: Uint8Array | string, byteLength: number | undefined): void {
    const response = this.#response;
    const isLast = this.#stream.isDrained;
    const isOpening = this.#wroteIn < 0;
    const isFirst = this.#wroteIn !== thisTick();
    this.#wroteIn = thisTick();
    this.#wrote = (isFirst ? 0 : this.#wrote) + chunk.length;
    // What a stream opens with is held: of a log, more follows it. So is the last, which leaves with the end.
    const isHeld = isLast || isOpening;
    const hasRoom = write(response, chunk, byteLength, isHeld);
    // Behind the tick in which Node sends the head off: a producer that blocks must not hold it up.
    if (isOpening) process.nextTick(() => this.#stream.start());
    if (isLast) {
      this.#room?.release();
      response.end();
    } else if (hasRoom) this.onRoom();
    else (this.#room ??= new Room(response, this)).wait();
  }
}

function tellFailure(this: Carried, cause: unknown): void {
  this[CARRIER]?.onFailure(cause);
}

function tellClosed(this: Carried): void {
  this[CARRIER]?.onClose();
}

function readerLeft(): StreamCutError {
  return new StreamCutError("READER_LEFT", "the reader closed the connection");
}

/**
 * Waits for room in a response, or for there never being any again.
 *
 * A response that stalls and then closes never drains, and `close` comes only once: hence a look first, and all
 * three events together. They are listened to from the first wait to the end of the response: compressing middleware hands a `drain`
 * listener on to a stream of its own, from which it cannot be removed.
 */
class Room {
  readonly #response: NodeResponse;
  readonly #wake: () => void;
  #isWaiting = false;

  constructor(response: NodeResponse, carrier: Carrier) {
    this.#response = response;
    this.#wake = () => {
      if (!this.#isWaiting) return;
      this.#isWaiting = false;
      carrier.onRoom();
    };
    for (const name of ROOM_EVENTS) response.on(name, this.#wake);
  }

  /** Tells the carrier once there is room, or never will be. */
  wait(): void {
    this.#isWaiting = true;
    if (isOver(this.#response)) this.#wake();
  }

  release(): void {
    for (const name of ROOM_EVENTS) this.#response.removeListener(name, this.#wake);
  }
}

const ROOM_EVENTS = ["drain", "close", "error"] as const;

export function isOver(response: NodeResponse): boolean {
  return response.writableEnded || isDestroyed(response);
}

/** HTTP/2 marks a cancelled stream as finished too: there only the call of `end()` tells. */
function wentThrough(response: NodeResponse): boolean {
  return isHttp2(response) ? response.writableEnded : response.writableFinished;
}

function isDestroyed(response: NodeResponse): boolean {
  return isHttp2(response) ? (response.stream?.destroyed ?? true) : response.destroyed;
}

export function destroy(response: NodeResponse): void {
  if (isHttp2(response)) response.stream?.destroy();
  else response.destroy();
}
