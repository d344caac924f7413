/**
 * A promise whose work starts when `then` is called, as `await` does, and not
 * when it is made: a property can return it that may be read without a wait.
 */
export class LazyPromise<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = "Promise";
  readonly #start: () => Promise<T>;

  /** @param start Called by each `then`. */
  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#start().then(onfulfilled, onrejected);
  }

  catch<B = never>(
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<T | B> {
    return this.#start().catch(onrejected);
  }

  finally(onfinally?: (() => void) | null): Promise<T> {
    return this.#start().finally(onfinally);
  }
}
