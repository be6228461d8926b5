import type { ShutdownPhase } from "./shutdown.ts";

/** Something that is due at a time. */
export interface TickerEntry {
  /** Called at or shortly before that time. Answers when it is due next, or `undefined` when it is over. */
  onDue: (now: number) => number | undefined;
  /** Called when the process is about to end. */
  onShutdown?: (phase: ShutdownPhase) => void;
  /** Kept here by the ticker: which slot it is in. */
  slot?: number | undefined;
}

type Timer = ReturnType<typeof setTimeout>;

/** Nothing here needs to be more exact than this. */
const GRAIN_MS = 50;
/** What is due in a while is looked at within this share of the way before it is due. */
const SHARE = 16;
/** Timers hold 31 bits of milliseconds: what is further away is looked at on the way. */
const LONGEST_SLEEP_MS = 2 ** 30;

/**
 * The time at which a deadline is looked at. Deadlines that are near each other share a slot, the wider the
 * further away they are: a thousand streams that fell silent together cost one timer and few wake-ups.
 * A slot lies before its deadline by 1/16 of the way at most; who is not due yet answers so and is put off.
 */
function slotOf(dueAt: number, now: number): number {
  if (dueAt === Number.POSITIVE_INFINITY) return dueAt;
  const remaining = dueAt - now;
  if (remaining <= GRAIN_MS) return Math.ceil(dueAt / GRAIN_MS) * GRAIN_MS;
  const grain = Math.max(GRAIN_MS, 2 ** Math.floor(Math.log2(remaining / SHARE)));
  return Math.floor(dueAt / grain) * grain;
}

/**
 * The one timer behind every heartbeat, stall guard and lifetime of this process.
 *
 * It runs only while something is due, and does not keep a process alive by itself.
 */
class Ticker {
  readonly #slots = new Map<number, Set<TickerEntry>>();
  #count = 0;
  #timer: Timer | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;

  /** A monotonic clock in whole milliseconds: wall clocks jump, and a fraction is an object of its own in memory. */
  now(): number {
    return Math.floor(performance.now());
  }

  /** @param dueAt - Infinity: never; it is held all the same. */
  add(entry: TickerEntry, dueAt: number): void {
    const slot = slotOf(dueAt, this.now());
    let entries = this.#slots.get(slot);
    if (entries === undefined) this.#slots.set(slot, (entries = new Set()));
    entries.add(entry);
    entry.slot = slot;
    this.#count += 1;
    if (slot < this.#wakesAt) this.#wakeAt(slot);
  }

  remove(entry: TickerEntry): void {
    const { slot } = entry;
    if (slot === undefined) return;
    entry.slot = undefined;
    this.#count -= 1;
    const entries = this.#slots.get(slot);
    entries?.delete(entry);
    if (entries?.size === 0) this.#slots.delete(slot);
    if (this.#count === 0) this.#sleep();
  }

  /** All that is held here, also what is never due. */
  entries(): TickerEntry[] {
    return Array.from(this.#slots.values(), (entries) => [...entries]).flat();
  }

  /** Resolves after so many milliseconds. Meanwhile it keeps the process alive. */
  hold(ms: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  }

  #wakeAt(slot: number): void {
    clearTimeout(this.#timer);
    this.#wakesAt = slot;
    // A slot may be past already when it is set: Node warns of a negative delay.
    const delay = Math.max(0, Math.min(slot - this.now(), LONGEST_SLEEP_MS));
    this.#timer = setTimeout(() => this.#wake(), delay);
    // Node and Bun: a stream that waits must not keep the process from ending. Elsewhere timers are numbers.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #wake(): void {
    this.#sleep();
    const now = this.now();
    const failures: unknown[] = [];
    // Those of now: what is due again at once has its turn in the next wake-up.
    for (const [slot, entries] of [...this.#slots].filter(([dueAt]) => dueAt <= now)) {
      this.#slots.delete(slot);
      for (const entry of entries) {
        // An earlier entry of this turn may have taken this one out.
        if (entry.slot === undefined) continue;
        entry.slot = undefined;
        this.#count -= 1;
        try {
          const dueAt = entry.onDue(now);
          if (dueAt !== undefined) this.add(entry, dueAt);
        } catch (error) {
          failures.push(error);
        }
      }
    }
    const next = Math.min(...this.#slots.keys());
    if (next < this.#wakesAt) this.#wakeAt(next);
    // Somebody's callback threw. It is theirs to see, but the others' streams went first.
    if (failures.length > 0) throw failures[0];
  }
}

/** Shared by every copy of this module in the process: bundlers load modules twice. */
const KEY = Symbol.for("ssekit.ticker.2");
const shared = globalThis as { [KEY]?: Ticker };

export function sharedTicker(): Pick<Ticker, "now" | "add" | "remove" | "entries" | "hold"> {
  return (shared[KEY] ??= new Ticker());
}
