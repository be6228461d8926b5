// What a check and the scripted server tell each other. Nothing here is Node's: checks run in pages, too.

/** How the server answers one request. */
export interface Answer {
  /** @default 200 */
  status?: number;
  /** All of them, lower-case; `{}` sends no content type. @default the type of an event stream */
  headers?: Record<string, string>;
  /** Sent as UTF-8. */
  body?: string;
  /** Sent as it is, one byte for each character. */
  raw?: string;
  /** Bytes of each write, with a pause in between, so that they arrive apart. @default all */
  step?: number;
  /**
   * What follows the body. `drops` gives no answer at all but hangs up, `holds` gives none and stays.
   * @default "stays"
   */
  after?: "ends" | "breaks" | "stays" | "drops" | "holds";
}

/** What the server saw of one request. */
export interface Asked {
  method: string;
  /** Path and query. */
  url: string;
  /** Lower-case names; one character for each byte. */
  headers: Record<string, string>;
  body: string;
  /** By the server's clock. */
  atMs: number;
}

/** What the class under test may be given beside the standard's `withCredentials`. */
export interface SourceInit {
  start?: "idempotent";
  withCredentials?: boolean;
  fetch?: typeof fetch;
  headers?: Record<string, string>;
  method?: string;
  body?: string;
}

type Handler = ((event: Event) => unknown) | null;

export interface SourceLike extends EventTarget {
  readonly url: string;
  readonly withCredentials: boolean;
  readonly readyState: number;
  readonly CONNECTING: number;
  readonly OPEN: number;
  readonly CLOSED: number;
  onopen: Handler;
  onmessage: Handler;
  onerror: Handler;
  close: () => void;
}

export interface SourceClass {
  new (url: string | URL, init?: SourceInit): SourceLike;
  readonly prototype: SourceLike;
  readonly CONNECTING: number;
  readonly OPEN: number;
  readonly CLOSED: number;
}

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSED = 2;
