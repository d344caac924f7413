/** How often to ping, and when to give up; milliseconds. */
export interface KeepAliveOptions {
  readonly interval: number;
  readonly timeout: number;
}

/** What the keepalive asks and tells its session. */
export interface KeepAliveTarget {
  ping(): void;
  /** Whether our own reading or writing is held up, so that a pong may be too. */
  stalled(): boolean;
  /** Nothing was heard for `silence` milliseconds. */
  lost(silence: number): void;
}

/**
 * Pings a quiet connection, so that nothing between here and the container
 * takes it for idle, and notices when the peer is gone.
 *
 * A server that waits for a process to read its stdin reads nothing else, no
 * ping either. So after input was sent a missing pong proves nothing until a
 * later ping was answered: until then the deadline is suspended.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #target: KeepAliveTarget;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastHeard: number = performance.now();
  #inputUnproven = false;
  #inputSincePing = false;

  constructor(options: KeepAliveOptions, target: KeepAliveTarget) {
    this.#options = options;
    this.#target = target;
    this.#timer = setInterval(() => this.#tick(), options.interval);
  }

  /** Data arrived. */
  heard(): void {
    this.#lastHeard = performance.now();
  }

  /** A pong arrived: what was sent before its ping has been read. */
  pong(): void {
    this.heard();
    this.#inputUnproven = this.#inputSincePing;
  }

  /** Input was sent. */
  sent(): void {
    this.#inputUnproven = true;
    this.#inputSincePing = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const silence = performance.now() - this.#lastHeard;
    if (this.#target.stalled() || this.#inputUnproven) this.heard();
    else if (silence >= this.#options.timeout) {
      return this.#target.lost(silence);
    }
    this.#inputSincePing = false;
    this.#target.ping();
  }
}
