const HOLE = Symbol("taken back");
/** Slots to begin with, and those that are kept when the backlog is empty again. A power of two. */
const FEW_SLOTS = 8;
const KEPT_SLOTS = 4_096;

/**
 * What waits in a queue, oldest first, with the size of each item.
 *
 * A ring: every operation costs O(1) however much waits, and a queue that is filled and emptied in turn makes no
 * garbage. Positions only grow; the slot of a position is its remainder. An item that is taken back leaves a hole.
 */
export class Backlog<T> {
  #items = slots<T | typeof HOLE | undefined>(FEW_SLOTS);
  #sizes = slots<number>(FEW_SLOTS);
  #head = 0;
  #end = 0;
  #count = 0;
  #bytes = 0;
  /** Position of the newest waiting item of each key. */
  readonly #newestOf = new Map<string, number>();

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(item: T, size: number): void {
    if (this.#end - this.#head === this.#items.length) this.#makeRoom();
    const slot = this.#end & (this.#items.length - 1);
    this.#items[slot] = item;
    this.#sizes[slot] = size;
    this.#end += 1;
    this.#count += 1;
    this.#bytes += size;
  }

  /** Adds `item` as the one that {@link replaceNewestOf} finds under `key`. */
  addNewestOf(key: string, item: T, size: number): void {
    this.add(item, size);
    this.#newestOf.set(key, this.#end - 1);
  }

  /** Takes the waiting item of `key` back and adds `item` instead. `false`, and nothing done, when none waits. */
  replaceNewestOf(key: string, item: T, size: number): boolean {
    const position = this.#newestOf.get(key);
    if (position === undefined || position < this.#head) return false;
    const slot = position & (this.#items.length - 1);
    this.#items[slot] = HOLE;
    this.#count -= 1;
    this.#bytes -= this.#sizes[slot] as number;
    this.addNewestOf(key, item, size);
    return true;
  }

  /** Takes the oldest item. Ask `count` first. */
  take(): T {
    for (;;) {
      const slot = this.#head & (this.#items.length - 1);
      const item = this.#items[slot] as T | typeof HOLE;
      this.#items[slot] = undefined;
      this.#head += 1;
      if (item === HOLE) continue;
      this.#count -= 1;
      this.#bytes -= this.#sizes[slot] as number;
      if (this.#count === 0 && this.#items.length > KEPT_SLOTS) this.clear();
      return item;
    }
  }

  /** The item that was added last, unless it is no longer here. */
  get newest(): T | undefined {
    if (this.#count === 0) return undefined;
    const item = this.#items[(this.#end - 1) & (this.#items.length - 1)];
    return item === HOLE ? undefined : item;
  }

  /** Puts `item` in the place of the newest one. */
  replaceNewest(item: T, size: number): void {
    const slot = (this.#end - 1) & (this.#items.length - 1);
    this.#bytes += size - (this.#sizes[slot] as number);
    this.#items[slot] = item;
    this.#sizes[slot] = size;
  }

  /** The newest item grew by `size`. */
  growNewest(size: number): void {
    const slot = (this.#end - 1) & (this.#items.length - 1);
    (this.#sizes[slot] as number) += size;
    this.#bytes += size;
  }

  clear(): void {
    this.#items = slots(FEW_SLOTS);
    this.#sizes = slots(FEW_SLOTS);
    // Positions go on: what is remembered of the items that were here is behind the head now.
    this.#head = this.#end;
    this.#count = 0;
    this.#bytes = 0;
  }

  /** All slots are taken: leaves the holes out, and doubles the slots when that does not give half of them back. */
  #makeRoom(): void {
    const { length } = this.#items;
    const items = slots<T | typeof HOLE | undefined>(
      this.#count * 2 > length ? length * 2 : length,
    );
    const sizes = slots<number>(items.length);
    const keyAt = new Map(Array.from(this.#newestOf, ([key, position]) => [position, key]));
    // The new positions begin after the old ones, so that one that is remembered and gone stays gone.
    const head = this.#end;
    let end = head;
    for (let position = this.#head; position < head; position += 1) {
      const slot = position & (length - 1);
      const item = this.#items[slot];
      if (item === HOLE) continue;
      const key = keyAt.get(position);
      if (key !== undefined) this.#newestOf.set(key, end);
      items[end & (items.length - 1)] = item;
      sizes[end & (items.length - 1)] = this.#sizes[slot] as number;
      end += 1;
    }
    this.#items = items;
    this.#sizes = sizes;
    this.#head = head;
    this.#end = end;
  }
}

/** Slots that are there from the start: an array that grows one by one is copied on the way. */
function slots<T>(count: number): T[] {
  return Array.from<T>({ length: count });
}
