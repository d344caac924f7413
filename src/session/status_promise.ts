/**
 * A promise that tells when it is first waited for.
 *
 * `session.exitCode` is a property: looking at it must not count as a wait for
 * the status, since a wait lets unclaimed output be discarded. A subclass, since
 * `await` calls the `then` of anything that is not a plain promise. Nobody has
 * to wait: it is never an unhandled rejection.
 */
export class StatusPromise<T> extends Promise<T> {
  /** What `then` and its like give are plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #awaited: (() => void) | null = null;

  /** Makes one that settles as `promise` does. */
  static follow<T>(promise: Promise<T>, awaited: () => void): StatusPromise<T> {
    const followed = new StatusPromise<T>((resolve, reject) => {
      promise.then(resolve, reject);
    });
    followed.catch(() => {});
    followed.#awaited = awaited;
    return followed;
  }

  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited?.();
    this.#awaited = null;
    return super.then(onfulfilled, onrejected);
  }
}
