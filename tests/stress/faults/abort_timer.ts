/** How long a client waits for its session before it breaks it off. */
export class AbortTimer {
  readonly #controller = new AbortController();
  readonly #reason: Error;
  #left: number;
  #timer: ReturnType<typeof setTimeout>;
  #cleared = false;

  /**
   * @param reason What it breaks off with.
   * @param ms Counted from now.
   */
  constructor(reason: Error, ms: number) {
    this.#reason = reason;
    this.#left = ms;
    this.#timer = setTimeout(this.abort, ms);
  }

  /** Aborts when it is lost. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Breaks off at once. */
  readonly abort = (): void => this.#controller.abort(this.#reason);

  /** Waits from now for `ms` at most. */
  shorten(ms: number): void {
    if (this.#cleared || this.#left <= ms) return;
    this.#left = ms;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.abort, ms);
  }

  /** There is nothing left to wait for. */
  clear(): void {
    this.#cleared = true;
    clearTimeout(this.#timer);
  }
}
