import type { CheckedQueueBounds } from "../core/bounded-queue.ts";
import { LogError } from "../protocol/errors.ts";
import type { Appending } from "./appender.ts";
import { Appender } from "./appender.ts";

/** What a publisher writes to. */
export interface Published {
  bounds: CheckedQueueBounds;
  giveUpMs: number;
  publish(publisher: string, published: number, frames: readonly string[]): Promise<void>;
  /** What waited is lost, `count` events of it. */
  onLost(error: unknown, count: number): void;
}

/** One of the many who write to a channel: what it says again after a lost answer is known by its name and a count. */
export class Publisher implements Appending {
  readonly #to: Published;
  readonly #name = crypto.randomUUID();
  readonly #appender: Appender;
  #published = 0;
  #isLost = false;

  constructor(to: Published) {
    this.#to = to;
    this.#appender = new Appender(this);
  }

  get bounds(): CheckedQueueBounds {
    return this.#to.bounds;
  }

  get giveUpMs(): number {
    return this.#to.giveUpMs;
  }

  /** Whether it can still publish. */
  get isLost(): boolean {
    return this.#isLost;
  }

  get desiredSize(): number {
    return this.#appender.desiredSize;
  }

  get ready(): Promise<void> {
    return this.#appender.ready;
  }

  flush(): Promise<boolean> {
    return this.#appender.flush();
  }

  /** @throws {LogError} `LOG_OVERFLOW` when the store is too far behind; the event is not kept then, what waits is. */
  add(frame: string): void {
    if (this.#appender.add(frame)) return;
    throw new LogError("LOG_OVERFLOW", "the store fell too far behind", { status: 503 });
  }

  async write(frames: readonly string[]): Promise<void> {
    await this.#to.publish(this.#name, this.#published, frames);
    this.#published += frames.length;
  }

  /** A channel has no end. */
  onDone(): void {}

  onLost(error: unknown): void {
    this.#isLost = true;
    this.#to.onLost(error, this.#appender.added - this.#published);
  }
}
