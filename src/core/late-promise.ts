/**
 * A promise that is made when somebody asks for what it brings. Most who are given one drop it at once, and a promise
 * that can still be kept is four objects. Whatever waits for a promise asks its `then`.
 */
export class LatePromise<T> extends Promise<T> {
  readonly #make: () => Promise<T>;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  constructor(make: () => Promise<T>) {
    super(() => {});
    this.#make = make;
  }

  // oxlint-disable-next-line unicorn/no-thenable
  override then<A = T, B = never>(
    onKept?: ((value: T) => A | PromiseLike<A>) | null,
    onBroken?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#make().then(onKept, onBroken);
  }
}
