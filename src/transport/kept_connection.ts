import type { ByteDuplex, DuplexReceiver } from "./duplex.ts";

/**
 * A connection without a request. It does not keep the process alive. It is
 * closed as soon as the server closes it or sends anything: bytes without a
 * request must never be taken for the response to the next one.
 */
export class KeptConnection implements DuplexReceiver {
  readonly duplex: ByteDuplex;
  readonly #onClosed: () => void;
  #closed = false;
  #cancelTimer: () => void = () => {};

  /** @param onClosed Called when it is closed before it is taken. */
  constructor(duplex: ByteDuplex, onClosed: () => void) {
    this.duplex = duplex;
    this.#onClosed = onClosed;
    duplex.open(this);
    duplex.resume();
    duplex.unref();
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Closes it with a timer that was started by `start`. */
  closeBy(start: (run: () => void) => () => void): void {
    this.#cancelTimer = start(() => this.close());
  }

  /** Uses it for a request. The caller receives what it delivers from now on. */
  take(): ByteDuplex {
    this.#cancelTimer();
    this.duplex.ref();
    return this.duplex;
  }

  /** Closes it. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTimer();
    // Whoever waits for its release must not wait in a process that ends.
    this.duplex.ref();
    this.duplex.destroy();
    this.#onClosed();
  }

  data(): void {
    this.close();
  }

  drained(): void {}

  ended(): void {
    this.close();
  }
}
