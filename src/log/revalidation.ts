import type { EndListener } from "../core/life.ts";
import type { TickerEntry } from "../core/ticker.ts";
import { sharedTicker } from "../core/ticker.ts";
import type { LogReader } from "./reader.ts";
import type { CheckedReaderOptions, LogReaderInfo } from "./reader-options.ts";

/** Starts asking on an interval whether `reader` may still read, for as long as it does. */
export function startRevalidation(
  reader: LogReader,
  info: LogReaderInfo,
  options: CheckedReaderOptions,
): void {
  const revalidation = new Revalidation(reader, info, options);
  reader.atEnd(revalidation);
  sharedTicker().add(revalidation, sharedTicker().now() + options.revalidateMs);
}

class Revalidation implements TickerEntry, EndListener {
  readonly #reader: LogReader;
  readonly #info: LogReaderInfo;
  readonly #options: CheckedReaderOptions;
  #isAsking = false;
  slot: number | undefined = undefined;

  constructor(reader: LogReader, info: LogReaderInfo, options: CheckedReaderOptions) {
    this.#reader = reader;
    this.#info = info;
    this.#options = options;
  }

  onDue(now: number): number {
    void this.#ask();
    return now + this.#options.revalidateMs;
  }

  onEnded(): void {
    sharedTicker().remove(this);
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      // Only a clear no ends it, and only a clear yes lets it go on.
      const isAllowed = await this.#options.revalidate?.(this.#info);
      if (isAllowed === false) this.#reader.revoke();
      else if (isAllowed !== true) this.#reader.rotate();
    } catch {
      this.#reader.rotate();
    } finally {
      this.#isAsking = false;
    }
  }
}
