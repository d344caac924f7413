/**
 * An iterator that can be left at any time: also while its next value is
 * awaited, where a generator alone would have to wait for that value first.
 */
export class Stoppable<T> implements AsyncIterableIterator<T> {
  readonly #stop = new AbortController();
  readonly #source: AsyncGenerator<T, void>;

  /** @param source Makes the values; it is to end when the signal aborts. */
  constructor(source: (stop: AbortSignal) => AsyncGenerator<T, void>) {
    this.#source = source(this.#stop.signal);
  }

  async next(): Promise<IteratorResult<T, void>> {
    try {
      return await this.#source.next();
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
      return { done: true, value: undefined };
    }
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#stop.abort();
    await this.#source.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
