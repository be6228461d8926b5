import { pause } from "../../core/pause.ts";
import type { TickerEntry } from "../../core/ticker.ts";
import { sharedTicker } from "../../core/ticker.ts";
import { LogError } from "../../protocol/errors.ts";
import type { RedisLink } from "./redis-client.ts";
import type { ScriptName } from "./redis-scripts.ts";
import { SCRIPTS } from "./redis-scripts.ts";

/** One command that has no answer yet. */
interface Pending {
  readonly dueAt: number;
  /** Sends it, when it has waited for the connection until now. */
  send: (() => void) | undefined;
  reject(error: LogError): void;
}

/**
 * Sends commands over the caller's client, and answers each in bounded time: clients put by for ever what they cannot
 * send. While there is no connection nothing is handed to the client, so that what was given up is not sent later.
 */
export class RedisCommands implements TickerEntry {
  readonly #link: RedisLink;
  readonly #timeoutMs: number;
  /** In the order of their deadlines, which are all as far away. */
  readonly #pending = new Set<Pending>();
  readonly #digests = new Map<ScriptName, Promise<string>>();
  readonly #forgetReady: () => void;
  /** How many of them wait for a connection. */
  #unsent = 0;
  #isClosed = false;
  slot: number | undefined = undefined;

  constructor(link: RedisLink, timeoutMs: number) {
    this.#link = link;
    this.#timeoutMs = timeoutMs;
    this.#forgetReady = link.onReady(() => this.#sendAll());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** @throws {LogError} `LOG_UNAVAILABLE`; what the client threw is its cause. */
  send(args: string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(unavailable("the store is closed"));
      const pending: Pending = {
        dueAt: sharedTicker().now() + this.#timeoutMs,
        send: undefined,
        reject,
      };
      const settle = () => this.#pending.delete(pending);
      const send = () => {
        this.#link.send(args).then(
          (reply) => {
            settle();
            resolve(reply);
          },
          (error: unknown) => {
            settle();
            reject(unavailable("Redis is away, or refused", error));
          },
        );
      };
      this.#add(pending, send);
    });
  }

  /** Runs a script, by its digest; its text goes out once. */
  async run(name: ScriptName, key: string, args: string[]): Promise<unknown> {
    let digest = this.#digests.get(name);
    if (digest === undefined) this.#digests.set(name, (digest = digestOf(SCRIPTS[name])));
    try {
      return await this.send(["EVALSHA", await digest, "1", key, ...args]);
    } catch (error) {
      if (!isReply(error, "NOSCRIPT")) throw error;
      return this.send(["EVAL", SCRIPTS[name], "1", key, ...args]);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forgetReady();
    sharedTicker().remove(this);
    for (const pending of this.#pending) pending.reject(unavailable("the store is closed"));
    this.#pending.clear();
  }

  /** Gives up what has waited for too long. */
  onDue(now: number): number | undefined {
    for (const pending of this.#pending) {
      if (pending.dueAt > now) return pending.dueAt;
      this.#pending.delete(pending);
      if (pending.send) this.#unsent -= 1;
      pending.reject(unavailable(`Redis did not answer within ${this.#timeoutMs} ms`));
    }
    return undefined;
  }

  #add(pending: Pending, send: () => void): void {
    this.#pending.add(pending);
    if (this.slot === undefined) sharedTicker().add(this, pending.dueAt);
    // Whatever waits already goes first.
    if (this.#link.isReady() && this.#unsent === 0) return send();
    pending.send = send;
    this.#unsent += 1;
    if (this.#link.isReady()) this.#sendAll();
  }

  #sendAll(): void {
    for (const pending of this.#pending) {
      const { send } = pending;
      if (send === undefined) continue;
      pending.send = undefined;
      this.#unsent -= 1;
      send();
    }
  }
}

async function digestOf(script: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(script));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether Redis answered with that word: it was there, and refused. */
export function isReply(error: unknown, word: string): boolean {
  const cause = error instanceof LogError ? error.cause : error;
  return cause instanceof Error && cause.message.includes(word);
}

/** Answers as `answer` does, but not too late, and not once `signal` has aborted. */
export async function inTime<T>(
  answer: Promise<T>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<T> {
  const waiting = new AbortController();
  const end = () => waiting.abort();
  signal.addEventListener("abort", end);
  const tooLate = pause(patienceMs, waiting.signal).then(() => {
    throw unavailable(`Redis did not answer in ${patienceMs} ms`);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

export function unavailable(message: string, cause?: unknown): LogError {
  return new LogError("LOG_UNAVAILABLE", message, { status: 503, cause });
}
