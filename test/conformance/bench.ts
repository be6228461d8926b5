import type { Answer, Asked, SourceClass, SourceInit, SourceLike } from "./wire.ts";

const PATIENCE_MS = 8_000;
// For what is known not to come.
const LITTLE_PATIENCE_MS = 1_000;

/** Where checks run. */
export interface Place {
  /** The class under test. */
  Source: SourceClass;
  origin: string;
  foreignOrigin: string;
  /** Whether a check is known to fail. */
  isKnown: (name: string) => boolean;
}

/** Throws, saying both, unless `actual` is `expected` in all that JSON tells. */
export function same(actual: unknown, expected: unknown, what = "it"): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is === should) return;
  const short = (text: string | undefined) => String(text).slice(0, 400);
  throw new Error(`${what} is ${short(is)}, not ${short(should)}`);
}

export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** Waits for `promise`, and says `what` did not come when it does not. */
export async function patiently<T>(
  promise: Promise<T>,
  what: () => string,
  patienceMs: number,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} did not come`)), patienceMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One event, as it was when it came. */
export interface Note {
  type: string;
  data: unknown;
  id: unknown;
  /** The `readyState` at that moment. */
  state: number;
  event: Event;
}

/** A source and all that it said, in order. */
export class Heard {
  readonly source: SourceLike;
  readonly notes: Note[] = [];
  readonly #patienceMs: number;
  readonly #onNote = new Set<() => void>();

  constructor(source: SourceLike, patienceMs: number, types: Iterable<string> = []) {
    this.source = source;
    this.#patienceMs = patienceMs;
    for (const type of new Set(["open", "message", "error", ...types]))
      source.addEventListener(type, (event) => this.#note(event));
  }

  /** Types and states: the life of the connection. */
  get life(): string[] {
    return this.notes.map(
      ({ type, data, state }) => `${type} ${typeof data === "string" ? data : ""}@${state}`,
    );
  }

  /** What the server sent: type, data, last event id. */
  get messages(): unknown[] {
    return this.notes
      .filter(({ data }) => data !== undefined)
      .map(({ type, data, id }) => [type, data, id]);
  }

  /** Resolves with the event of that type that is the `count`th. */
  async until(type: string, count = 1): Promise<Note> {
    const found = () => this.notes.filter((note) => note.type === type)[count - 1];
    const come = new Promise<Note>((resolve) => {
      const look = () => {
        const note = found();
        if (note) resolve(note);
      };
      this.#onNote.add(look);
      look();
    });
    return patiently(
      come,
      () => `"${type}" number ${count}, after ${JSON.stringify(this.life).slice(0, 400)},`,
      this.#patienceMs,
    );
  }

  #note(event: Event): void {
    const { data, lastEventId } = event as MessageEvent<unknown>;
    const { readyState: state } = this.source;
    this.notes.push({ type: event.type, data, id: lastEventId, state, event });
    for (const look of this.#onNote) look();
  }
}

/** A stream of the scripted server. */
export class Stream {
  readonly path: string;
  readonly url: string;
  readonly foreignUrl: string;
  readonly #control: string;
  readonly #patienceMs: number;

  constructor(token: string, { origin, foreignOrigin }: Place, patienceMs: number) {
    this.#patienceMs = patienceMs;
    this.path = `/stream/${token}`;
    this.url = origin + this.path;
    this.foreignUrl = foreignOrigin + this.path;
    this.#control = `${origin}/control/${token}`;
  }

  async script(answers: readonly Answer[]): Promise<void> {
    await fetch(this.#control, { method: "PUT", body: JSON.stringify(answers) });
  }

  /** All requests, once there are so many. */
  asked(count = 1): Promise<Asked[]> {
    return this.#tell<Asked[]>(`asked?count=${count}`);
  }

  /** Resolves when so many answers are over, whoever ended them. */
  left(count = 1): Promise<number> {
    return this.#tell<number>(`left?count=${count}`);
  }

  /** Sends on the newest connection. */
  async send(body: string | Uint8Array<ArrayBuffer>): Promise<void> {
    await fetch(`${this.#control}/send`, { method: "POST", body });
  }

  /** Ends or breaks the newest connection. */
  async finish(how: "ends" | "breaks"): Promise<void> {
    await fetch(`${this.#control}/${how}`, { method: "POST" });
  }

  async #tell<T>(what: string): Promise<T> {
    const stop = new AbortController();
    try {
      const told = fetch(`${this.#control}/${what}`, { signal: stop.signal });
      return (await (await patiently(told, () => what, this.#patienceMs)).json()) as T;
    } finally {
      stop.abort();
    }
  }
}

/** What a check is given: streams with scripted answers, sources, and an end for all of them. */
export class Bench {
  readonly place: Place;
  readonly #patienceMs: number;
  readonly #sources: SourceLike[] = [];

  constructor(place: Place, patienceMs: number) {
    this.place = place;
    this.#patienceMs = patienceMs;
  }

  async stream(...answers: Answer[]): Promise<Stream> {
    const token = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    const stream = new Stream(token, this.place, this.#patienceMs);
    await stream.script(answers);
    return stream;
  }

  make(url: string | URL, init?: SourceInit): SourceLike {
    const source = init ? new this.place.Source(url, init) : new this.place.Source(url);
    this.#sources.push(source);
    return source;
  }

  /** Opens `url` and listens. */
  open(url: string | URL, init?: SourceInit, types?: Iterable<string>): Heard {
    return new Heard(this.make(url, init), this.#patienceMs, types);
  }

  /** Answers in this way, and opens it. */
  async hear(...answers: Answer[]): Promise<Heard & { stream: Stream }> {
    const stream = await this.stream(...answers);
    return Object.assign(this.open(stream.url), { stream });
  }

  /** Resolves when a source that is opened now has lost its connection and come back: later than all before it. */
  async meanwhile(): Promise<void> {
    const again = { body: "retry: 60\ndata: again\n\n" };
    const other = await this.hear({ ...again, after: "ends" }, again);
    await other.until("message", 2);
    other.source.close();
  }

  close(): void {
    for (const source of this.#sources) source.close();
  }
}

/**
 * What only some can do: `init` has headers, method, body and fetch; `browser` has an origin of its own, `document`
 * a page around it too; `native` is the browser's own class.
 */
export type Need = "init" | "browser" | "document" | "native";

export interface Check {
  /** A complaint that a user could make. */
  name: string;
  need?: Need;
  run: (bench: Bench) => unknown;
}

export async function runCheck(check: Check, place: Place): Promise<void> {
  const bench = new Bench(place, place.isKnown(check.name) ? LITTLE_PATIENCE_MS : PATIENCE_MS);
  try {
    await check.run(bench);
  } finally {
    bench.close();
  }
}
