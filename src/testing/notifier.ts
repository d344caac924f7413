/** Wakes all that wait for the next change of something. */
export class Notifier {
  #next = Promise.withResolvers<void>();

  /** Resolves at the next `notify`. */
  wait(): Promise<void> {
    return this.#next.promise;
  }

  notify(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
