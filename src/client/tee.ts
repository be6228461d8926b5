import { positiveInteger } from "../protocol/options.ts";

const OVER = { value: undefined, done: true } as const;

/** One consumer's side of a stream that several read. */
export type Branch<Item> = AsyncIterableIterator<Item, undefined>;

interface Waiting<Item> {
  resolve: (result: IteratorResult<Item, undefined>) => void;
  reject: (error: unknown) => void;
}

interface Reader<Item> {
  /** Whether it was given the current item. */
  hasTaken: boolean;
  /** Its calls of `next()` that are not answered, in their order. */
  waiting: Array<Waiting<Item>>;
}

/**
 * Splits a stream for several consumers, without a buffer: each gets each item once, and the next item is pulled when
 * all that are still reading have taken the current one. The slowest sets the pace.
 *
 * A consumer that leaves its loop is no longer waited for; when all have left, `stream` is left. What `stream` throws
 * reaches each of them, once. A branch that nobody reads holds up the others: `return()` it.
 *
 * @param stream - Iterated once, from now on by the branches alone.
 * @throws {RangeError} when `count` is not a positive integer.
 * @example
 * const [shown, logged] = tee(connect('/api/chat', { json: { message } }))
 * await Promise.all([show(shown), log(logged)])
 */
export function tee<Item>(
  stream: AsyncIterable<Item>,
  count?: 2,
): [first: Branch<Item>, second: Branch<Item>];
export function tee<Item>(stream: AsyncIterable<Item>, count: number): Array<Branch<Item>>;
export function tee<Item>(stream: AsyncIterable<Item>, count = 2): Array<Branch<Item>> {
  positiveInteger("count", count);
  const source = stream[Symbol.asyncIterator]();
  /** Those that are still reading, or have yet to be told of the end. */
  const readers = new Set<Reader<Item>>();
  /** The item that not all have taken. */
  let current: { value: Item } | undefined;
  let isPulling = false;
  let tellEnd: ((waiting: Waiting<Item>) => void) | undefined;

  const pull = async () => {
    isPulling = true;
    try {
      const { value, done } = await source.next();
      if (done) tellEnd = ({ resolve }) => resolve(OVER);
      else current = { value };
    } catch (error) {
      tellEnd = ({ reject }) => reject(error);
    }
    isPulling = false;
    for (const reader of readers) reader.hasTaken = false;
    hand();
  };
  /** Answers whoever can be answered, and pulls when all have what there is. */
  const hand = () => {
    for (const reader of readers) {
      if (tellEnd && reader.waiting.length > 0) leave(reader, tellEnd);
      else if (current && !reader.hasTaken && reader.waiting.length > 0) {
        reader.hasTaken = true;
        reader.waiting.shift()?.resolve({ value: current.value, done: false });
      }
    }
    const all = [...readers];
    if (all.every(({ hasTaken }) => hasTaken)) current = undefined;
    const isWanted = all.some(({ waiting }) => waiting.length > 0);
    if (isWanted && !current && !isPulling) void pull();
  };
  const leave = (reader: Reader<Item>, tellFirst?: typeof tellEnd) => {
    readers.delete(reader);
    const [first, ...others] = reader.waiting;
    if (first) (tellFirst ?? (({ resolve }) => resolve(OVER)))(first);
    for (const { resolve } of others) resolve(OVER);
  };
  /** Nobody is left who could be told how this goes, and nobody waits for it. */
  const letGo = async () => {
    try {
      await source.return?.();
    } catch {
      // As said.
    }
  };
  const createBranch = (): Branch<Item> => {
    const reader: Reader<Item> = { hasTaken: false, waiting: [] };
    readers.add(reader);
    const branch: Branch<Item> = {
      [Symbol.asyncIterator]: () => branch,
      next: () =>
        new Promise((resolve, reject) => {
          if (!readers.has(reader)) return resolve(OVER);
          reader.waiting.push({ resolve, reject });
          hand();
        }),
      async return() {
        if (!readers.has(reader)) return OVER;
        leave(reader);
        if (readers.size > 0) hand();
        else if (!tellEnd) void letGo();
        return OVER;
      },
    };
    return branch;
  };
  return Array.from({ length: count }, createBranch);
}
