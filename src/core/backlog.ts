const HOLE = Symbol("taken back");
/** Below this many spare slots a rebuild costs more than the memory it frees. */
const SPARE_SLOTS = 1_024;

/**
 * What waits in a queue, oldest first, with the size of each item.
 *
 * Every operation costs O(1) however much waits: a head index moves over the array, an item that is taken
 * back leaves a hole, and the array is rebuilt only once half of it is spare.
 */
export class Backlog<T> {
  #items: Array<T | typeof HOLE> = [];
  #sizes: number[] = [];
  #head = 0;
  #count = 0;
  #bytes = 0;
  /** Index of the newest waiting item of each key. */
  readonly #newestOf = new Map<string, number>();

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(item: T, size: number): void {
    this.#items.push(item);
    this.#sizes.push(size);
    this.#count += 1;
    this.#bytes += size;
  }

  /** Adds `item` as the one that {@link replaceNewestOf} finds under `key`. */
  addNewestOf(key: string, item: T, size: number): void {
    this.#newestOf.set(key, this.#items.length);
    this.add(item, size);
  }

  /** Takes the waiting item of `key` back and adds `item` instead. `false`, and nothing done, when none waits. */
  replaceNewestOf(key: string, item: T, size: number): boolean {
    const index = this.#newestOf.get(key);
    if (index === undefined || this.#items[index] === HOLE) return false;
    // Added first: taking the last one back would empty the backlog and forget every key.
    this.addNewestOf(key, item, size);
    this.#takeBack(index);
    return true;
  }

  /** Takes the oldest item. Ask `count` first. */
  take(): T {
    for (;;) {
      const index = this.#head;
      const item = this.#items[index] as T | typeof HOLE;
      this.#items[index] = HOLE;
      this.#head += 1;
      if (item === HOLE) continue;
      this.#count -= 1;
      this.#bytes -= this.#sizes[index] as number;
      this.#tidy();
      return item;
    }
  }

  /** The item that was added last, unless it is no longer here. */
  get newest(): T | undefined {
    const item = this.#items[this.#items.length - 1];
    return item === HOLE ? undefined : item;
  }

  /** Puts `item` in the place of the newest one. */
  replaceNewest(item: T, size: number): void {
    const last = this.#items.length - 1;
    this.#bytes += size - (this.#sizes[last] as number);
    this.#items[last] = item;
    this.#sizes[last] = size;
  }

  clear(): void {
    this.#items = [];
    this.#sizes = [];
    this.#head = 0;
    this.#count = 0;
    this.#bytes = 0;
    this.#newestOf.clear();
  }

  #takeBack(index: number): void {
    if (this.#items[index] === HOLE) return;
    this.#items[index] = HOLE;
    this.#count -= 1;
    this.#bytes -= this.#sizes[index] as number;
    this.#tidy();
  }

  #tidy(): void {
    if (this.#count === 0) this.clear();
    else if (this.#items.length > SPARE_SLOTS && this.#items.length > this.#count * 2)
      this.#rebuild();
  }

  #rebuild(): void {
    const keyAt = new Map(Array.from(this.#newestOf, ([key, index]) => [index, key]));
    const items: T[] = [];
    const sizes: number[] = [];
    this.#newestOf.clear();
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index] as T | typeof HOLE;
      if (item === HOLE) continue;
      const key = keyAt.get(index);
      if (key !== undefined) this.#newestOf.set(key, items.length);
      items.push(item);
      sizes.push(this.#sizes[index] as number);
    }
    this.#items = items;
    this.#sizes = sizes;
    this.#head = 0;
  }
}
