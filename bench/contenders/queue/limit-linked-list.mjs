// What a hand writes: a linked list, one waiting reader, no bound, no failure, no early return.
export default {
  role: "limit",
  title: "linked list by hand",
  load: () => ({ open, bounded }),
};

class LinkedQueue {
  #head;
  #tail;
  #wanted;
  #closed = false;
  #hasRoom;
  #size = 0;
  #limit;

  constructor(limit) {
    this.#limit = limit;
  }

  get items() {
    return this;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  push(value) {
    const wanted = this.#wanted;
    if (wanted) {
      this.#wanted = undefined;
      wanted({ value, done: false });
      return undefined;
    }
    const node = { value, next: undefined };
    if (this.#tail) this.#tail.next = node;
    else this.#head = node;
    this.#tail = node;
    if (++this.#size < this.#limit) return undefined;
    return new Promise((resolve) => (this.#hasRoom = resolve));
  }

  close() {
    this.#closed = true;
    this.#wanted?.({ value: undefined, done: true });
  }

  next() {
    const node = this.#head;
    if (node) {
      this.#head = node.next;
      if (!this.#head) this.#tail = undefined;
      if (--this.#size < this.#limit && this.#hasRoom) {
        this.#hasRoom();
        this.#hasRoom = undefined;
      }
      return Promise.resolve({ value: node.value, done: false });
    }
    if (this.#closed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => (this.#wanted = resolve));
  }
}

const open = () => new LinkedQueue(Number.POSITIVE_INFINITY);
const bounded = (limit) => new LinkedQueue(limit);
