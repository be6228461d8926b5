import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from "node:http2";
import { connect as connectHttp2, constants } from "node:http2";
import type { Readable } from "node:stream";

/** What a test asks for: any method, headers, and a JSON body. */
export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  json?: unknown;
  signal?: AbortSignal;
}

export interface Head {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>;
}

/** What a reader does to the connection behind it. */
export interface Wire {
  stall: () => void;
  resume: () => void;
  leave: () => void;
}

const PATIENCE_MS = 8_000;

/** One connection's end, held by hand: it reads, stalls and leaves when the test says so. */
export class Reader {
  readonly status: number;
  readonly headers: Head["headers"];
  /** As they arrived. */
  readonly pieces: Buffer[] = [];
  readonly #wire: Wire;
  readonly #onChange = new Set<() => void>();
  #bytes = 0;
  #isOver = false;
  #isWhole = false;

  constructor({ status, headers }: Head, wire: Wire) {
    this.status = status;
    this.headers = headers;
    this.#wire = wire;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the transport said that the body is at its end, rather than breaking. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString("utf8");
  }

  take(piece: Uint8Array): void {
    this.pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    this.#bytes += piece.byteLength;
    this.#changed();
  }

  end(isWhole: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isWhole = isWhole;
    this.#changed();
  }

  /** Resolves with all text so far once `sign` is in it. */
  async until(sign: string): Promise<string> {
    await this.#when(`"${sign}"`, () => this.text.includes(sign));
    return this.text;
  }

  /** Resolves when so many bytes have come. */
  atLeast(bytes: number): Promise<void> {
    return this.#when(`${bytes} bytes`, () => this.#bytes >= bytes);
  }

  /** Resolves with all text when the connection is at its end, one way or the other. */
  async rest(): Promise<string> {
    await this.#when("the end", () => this.#isOver);
    return this.text;
  }

  /** Reads no more, and stays. */
  stall(): void {
    this.#wire.stall();
  }

  resume(): void {
    this.#wire.resume();
  }

  /** Goes without a word. */
  leave(): void {
    this.#wire.leave();
  }

  /** Hands on every piece, also those that came before. */
  pipeTo(take: (piece: Buffer) => void): void {
    let handed = 0;
    const look = () => {
      for (; handed < this.pieces.length; handed += 1) take(this.pieces[handed] as Buffer);
    };
    this.#onChange.add(look);
    look();
  }

  #changed(): void {
    for (const look of this.#onChange) look();
  }

  #when(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        clearTimeout(timer);
        this.#onChange.delete(look);
        if (error) reject(error);
        else resolve();
      };
      const said = () => `${what} did not come; ${this.#bytes} bytes: ${this.text.slice(-400)}`;
      const timer = setTimeout(() => settle(new Error(said())), PATIENCE_MS);
      const look = () => {
        if (holds()) settle();
        else if (this.#isOver) settle(new Error(`at the end, ${said()}`));
      };
      this.#onChange.add(look);
      look();
    });
  }
}

/** Opens a connection of HTTP/1.1, one for each reader. */
export async function openHttp(url: string, asked: Asked = {}): Promise<Reader> {
  const { method = "GET", json, signal } = asked;
  const request = httpRequest(url, {
    agent: false,
    method,
    headers: headersOf(asked),
    ...(signal && { signal }),
  });
  request.end(json === undefined ? undefined : JSON.stringify(json));
  const [response] = await once(request, "response");
  request.on("error", () => {});
  const reader = new Reader(
    { status: response.statusCode, headers: response.headers },
    wireOf(response, () => response.socket.destroy()),
  );
  feed(reader, response, () => response.complete);
  return reader;
}

/** Opens a connection of HTTP/2, in clear text, one for each reader. */
export async function openHttp2(origin: string, path: string, asked: Asked = {}): Promise<Reader> {
  const { method = "GET", json, signal } = asked;
  const session = connectHttp2(origin);
  session.on("error", () => {});
  signal?.addEventListener("abort", () => session.destroy(), { once: true });
  const stream = session.request({ ":method": method, ":path": path, ...headersOf(asked) });
  stream.end(json === undefined ? undefined : JSON.stringify(json));
  stream.on("error", () => {});
  const { ":status": status = 0, ...headers } = await responseOf(stream);
  const reader = new Reader(
    { status, headers },
    wireOf(stream, () => session.destroy()),
  );
  feed(reader, stream, () => stream.rstCode === constants.NGHTTP2_NO_ERROR);
  stream.once("close", () => session.close());
  return reader;
}

/** Reads the body of a `Response` that never saw a socket. Its reader leaves by `leave`. */
export function readBody(response: Response, leave: (cancel: () => void) => void): Reader {
  const body = response.body?.getReader();
  const state = { isStalled: false, isReading: false };
  const read = async () => {
    if (state.isReading) return;
    state.isReading = true;
    try {
      while (!state.isStalled) {
        const next = await body?.read();
        if (!next || next.done) return reader.end(true);
        reader.take(next.value);
      }
    } catch {
      reader.end(false);
    } finally {
      state.isReading = false;
    }
  };
  const reader = new Reader(
    { status: response.status, headers: plain(response.headers) },
    {
      stall: () => (state.isStalled = true),
      resume: () => {
        state.isStalled = false;
        void read();
      },
      // To cancel what broke already answers with what broke it.
      leave: () => leave(() => void body?.cancel().catch(() => {})),
    },
  );
  void read();
  return reader;
}

/** A stream that is closed before its head closes without an error: nobody would be told. */
function responseOf(
  stream: ClientHttp2Stream,
): Promise<IncomingHttpHeaders & IncomingHttpStatusHeader> {
  return new Promise((resolve, reject) => {
    stream.once("response", resolve);
    stream.once("close", () => reject(new Error("closed before its head")));
  });
}

function headersOf({ headers, json }: Asked): Record<string, string> {
  return { ...(json !== undefined && { "content-type": "application/json" }), ...headers };
}

function plain(headers: Headers): Head["headers"] {
  const cookies = headers.getSetCookie();
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { "set-cookie": cookies }) };
}

function wireOf(readable: Readable, leave: () => void): Wire {
  return { stall: () => readable.pause(), resume: () => readable.resume(), leave };
}

function feed(reader: Reader, readable: Readable, isWhole: () => boolean): void {
  readable.on("data", (piece: Buffer) => reader.take(piece));
  readable.on("error", () => reader.end(false));
  readable.on("end", () => reader.end(isWhole()));
  readable.on("close", () => reader.end(false));
}
