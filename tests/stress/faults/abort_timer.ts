/** Aborts a session after a time that can be shortened. */
export class AbortTimer {
  readonly #controller = new AbortController();
  readonly #reason: Error;
  #left: number;
  #timer: ReturnType<typeof setTimeout>;
  #cleared = false;

  /**
   * @param reason The reason of the abort.
   * @param ms Milliseconds from now.
   */
  constructor(reason: Error, ms: number) {
    this.#reason = reason;
    this.#left = ms;
    this.#timer = setTimeout(this.abort, ms);
  }

  /** Aborts when the time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts now. */
  readonly abort = (): void => this.#controller.abort(this.#reason);

  /** Shortens the remaining time to `ms`. */
  shorten(ms: number): void {
    if (this.#cleared || this.#left <= ms) return;
    this.#left = ms;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.abort, ms);
  }

  /** Stops the timer. */
  clear(): void {
    this.#cleared = true;
    clearTimeout(this.#timer);
  }
}
