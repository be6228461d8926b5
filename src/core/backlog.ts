const HOLE = Symbol("taken back");
/** Slots to begin with: most queues hold next to nothing. */
const FEW_SLOTS = 2;
/** Slots of a block at most: a large array is dear to make, to move and to let go. */
const MOST_SLOTS = 1_024;

/** A stretch of what waits. Blocks are filled one after another, and each is let go when it is empty. */
class Block<T> {
  readonly items: Array<T | typeof HOLE | undefined>;
  readonly sizes: number[];
  next: Block<T> | undefined;

  constructor(slots: number) {
    // All slots from the start, since an array that grows one by one is copied on the way; and empty, since
    // `Array.from` would write each of them.
    // oxlint-disable-next-line unicorn/no-new-array
    this.items = new Array<T | undefined>(slots);
    // oxlint-disable-next-line unicorn/no-new-array
    this.sizes = new Array<number>(slots);
  }
}

type Places<T> = ReadonlyMap<string, Place<T>> | undefined;

/** A queue has a handful of keys: its event types. */
function keyAt<T>(places: Places<T>, block: Block<T>, slot: number): string | undefined {
  for (const [key, place] of places ?? []) {
    if (place.block === block && place.slot === slot) return key;
  }
  return undefined;
}

interface Place<T> {
  block: Block<T>;
  slot: number;
  item: T;
}

/**
 * What waits in a queue, oldest first, with the size of each item.
 *
 * A chain of blocks: every operation costs O(1) however much waits, nothing that waits is ever moved, and a queue
 * that is filled and emptied in turn makes no garbage. An item that is taken back leaves a hole.
 */
export class Backlog<T> {
  #oldest = new Block<T>(FEW_SLOTS);
  #newest = this.#oldest;
  /** The slot in the oldest block that is taken next. */
  #head = 0;
  /** The slot in the newest block that is filled next. */
  #end = 0;
  #count = 0;
  #bytes = 0;
  #holes = 0;
  /** Where the newest waiting item of each key is. */
  #placeOf: Map<string, Place<T>> | undefined;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(item: T, size: number): void {
    if (this.#end === this.#newest.items.length) this.#addBlock();
    const { items, sizes } = this.#newest;
    items[this.#end] = item;
    sizes[this.#end] = size;
    this.#end += 1;
    this.#count += 1;
    this.#bytes += size;
  }

  /** Adds `item` as the one that {@link replaceNewestOf} finds under `key`. */
  addNewestOf(key: string, item: T, size: number): void {
    this.add(item, size);
    this.#placeOf ??= new Map();
    this.#placeOf.set(key, { block: this.#newest, slot: this.#end - 1, item });
  }

  /** Takes the waiting item of `key` back and adds `item` instead. `false`, and nothing done, when none waits. */
  replaceNewestOf(key: string, item: T, size: number): boolean {
    const place = this.#placeOf?.get(key);
    // What was taken has left its slot.
    if (place === undefined || place.block.items[place.slot] !== place.item) return false;
    if (place.block === this.#newest && place.slot === this.#end - 1) {
      this.replaceNewest(item, size);
      place.item = item;
      return true;
    }
    place.block.items[place.slot] = HOLE;
    this.#holes += 1;
    this.#count -= 1;
    this.#bytes -= place.block.sizes[place.slot] as number;
    this.addNewestOf(key, item, size);
    // What no bound counts must not grow: holes are left out once they are most of what is here.
    if (this.#holes > this.#count + MOST_SLOTS) this.#compact();
    return true;
  }

  /** Takes the oldest item. Ask `count` first. */
  take(): T {
    for (;;) {
      if (this.#head === this.#oldest.items.length) {
        const { next } = this.#oldest;
        // A place that is remembered in it must not hold all that come after.
        this.#oldest.next = undefined;
        this.#oldest = next as Block<T>;
        this.#head = 0;
      }
      const { items, sizes } = this.#oldest;
      const slot = this.#head;
      const item = items[slot] as T | typeof HOLE;
      items[slot] = undefined;
      this.#head = slot + 1;
      if (item === HOLE) {
        this.#holes -= 1;
        continue;
      }
      this.#count -= 1;
      this.#bytes -= sizes[slot] as number;
      if (this.#count === 0) this.#rewind();
      return item;
    }
  }

  /** The item that was added last, unless it is no longer here. */
  get newest(): T | undefined {
    if (this.#count === 0) return undefined;
    const item = this.#newest.items[this.#end - 1];
    return item === HOLE ? undefined : item;
  }

  /** Puts `item` in the place of the newest one. */
  replaceNewest(item: T, size: number): void {
    const slot = this.#end - 1;
    this.growNewest(size - (this.#newest.sizes[slot] as number));
    this.#newest.items[slot] = item;
  }

  /** The newest item grew by `size`. */
  growNewest(size: number): void {
    (this.#newest.sizes[this.#end - 1] as number) += size;
    this.#bytes += size;
  }

  clear(): void {
    this.#oldest = new Block(FEW_SLOTS);
    this.#newest = this.#oldest;
    this.#head = 0;
    this.#end = 0;
    this.#count = 0;
    this.#bytes = 0;
    this.#holes = 0;
    this.#placeOf = undefined;
  }

  #addBlock(): void {
    const block = new Block<T>(Math.min(this.#newest.items.length * 2, MOST_SLOTS));
    this.#newest.next = block;
    this.#newest = block;
    this.#end = 0;
  }

  /** Nothing waits: the newest block is used again, from its start. */
  #rewind(): void {
    const { items } = this.#newest;
    if (this.#oldest !== this.#newest) this.#head = 0;
    // Holes at the end have nobody behind them who would have passed them.
    if (this.#head < this.#end) items.fill(undefined, this.#head, this.#end);
    this.#oldest = this.#newest;
    this.#head = 0;
    this.#end = 0;
    this.#holes = 0;
    this.#placeOf?.clear();
  }

  /** Moves what waits to blocks without holes. */
  #compact(): void {
    const places = this.#placeOf;
    const newest = this.#newest;
    const end = this.#end;
    let slot = this.#head;
    let block: Block<T> | undefined = this.#oldest;
    this.clear();
    for (; block; block = block.next, slot = 0) {
      const { items, sizes } = block;
      for (; slot < (block === newest ? end : items.length); slot += 1) {
        const item = items[slot];
        if (item === HOLE) continue;
        const key = keyAt(places, block, slot);
        if (key === undefined) this.add(item as T, sizes[slot] as number);
        else this.addNewestOf(key, item as T, sizes[slot] as number);
      }
    }
  }
}
