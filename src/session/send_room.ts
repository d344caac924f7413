/** Whether the socket's buffer has room, and a wait for it. */
export class SendRoom {
  #full = false;
  #waiting: PromiseWithResolvers<void> | null = null;
  #failure: (() => unknown) | null = null;

  /** Whether the buffer is full. */
  get full(): boolean {
    return this.#full;
  }

  /** Notes what a send said. */
  note(room: boolean): void {
    if (!room) this.#full = true;
  }

  /** Resolves when there is room; rejects at the end of the session. */
  wait(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure());
    if (!this.#full) return Promise.resolve();
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  /** There is room again. */
  open(): void {
    this.#full = false;
    this.#waiting?.resolve();
    this.#waiting = null;
  }

  /** There will be no more; the reason is made for who waits. */
  fail(reason: () => unknown): void {
    this.#failure = reason;
    this.#waiting?.reject(reason());
    this.#waiting = null;
  }
}
