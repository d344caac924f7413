/** A value that was requested from a source, once it is there. */
type Arrival<T> =
  & { readonly source: AsyncIterator<T> }
  & (
    | { readonly result: IteratorResult<T> }
    | { readonly error: unknown }
  );

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The values of several sources in the order in which they come. A source is
 * asked for its next value only after its last one was taken, so a slow reader
 * slows every source, and at most one value of each is held. Sources may be
 * added at any time; the values end with the last source.
 *
 * The failure of a source fails the iteration. However that ends, `close` ends
 * the sources.
 */
export class Merge<T> {
  readonly #sources: Set<AsyncIterator<T>> = new Set();
  /** What has come and was not taken; the first came first. */
  #arrived: Arrival<T>[] = [];
  #wake: (() => void) | null = null;

  /** Adds a source, and requests its first value. */
  add(source: AsyncIterator<T>): void {
    this.#sources.add(source);
    this.#request(source);
  }

  /**
   * Runs a task that adds sources. The values last at least as long as it does,
   * and fail with it.
   */
  attend(task: Promise<void>): void {
    const end = () => task.then((): IteratorResult<T> => END);
    this.add({ next: end, return: end });
  }

  /** The values, as they are requested. */
  async *values(): AsyncGenerator<T, void> {
    while (this.#sources.size > 0) {
      if (this.#arrived.length === 0) {
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
      const arrived = this.#arrived;
      this.#arrived = [];
      // Taken as a batch: shifting them one by one would move all others.
      for (const arrival of arrived) {
        const { source } = arrival;
        if ("error" in arrival) {
          this.#sources.delete(source);
          throw arrival.error;
        }
        if (arrival.result.done) {
          this.#sources.delete(source);
          continue;
        }
        yield arrival.result.value;
        this.#request(source);
      }
    }
  }

  /** Ends every source, and waits until all have ended. */
  async close(): Promise<void> {
    const sources = [...this.#sources];
    this.#sources.clear();
    await Promise.allSettled(sources.map((source) => source.return?.()));
  }

  #request(source: AsyncIterator<T>): void {
    source.next().then(
      (result) => this.#arrive({ source, result }),
      (error) => this.#arrive({ source, error }),
    );
  }

  #arrive(arrival: Arrival<T>): void {
    this.#arrived.push(arrival);
    this.#wake?.();
    this.#wake = null;
  }
}
