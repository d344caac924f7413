/** When to ping a session, and when to treat it as lost. */
export interface KeepAliveOptions {
  /** Milliseconds between pings. */
  readonly interval: number;
  /** Milliseconds without any frame from the server until the session is lost. */
  readonly timeout: number;
}

/** The session that a {@linkcode KeepAlive} watches. */
export interface KeepAliveTarget {
  ping(): void;
  /** Whether our own reading or writing is paused, which may delay a pong. */
  stalled(): boolean;
  /** Nothing was received for `silence` milliseconds. */
  lost(silence: number): void;
}

/**
 * Milliseconds to wait for received data before a session counts as lost: after
 * the event loop was blocked, timers run before sockets are read.
 */
const LAST_CHECK = 100;

/** How many bytes of unread input any pipe or terminal buffers. */
const PIPE_BUFFER = 4096;

/**
 * Pings a connection, so that no proxy on the way treats it as idle, and detects
 * a server that is gone.
 *
 * A server that waits for a process to read its stdin reads nothing else, not
 * even a ping. So a missing pong proves nothing while its ping is queued behind
 * much input: the deadline is suspended then. At most one ping is unanswered at
 * a time, so that a pong always answers the latest.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #target: KeepAliveTarget;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastCheck: ReturnType<typeof setTimeout> | undefined;
  #lastReceived: number = performance.now();
  #lastTick: number = performance.now();
  #pinged = false;
  /** Bytes of input sent that no pong has confirmed as read. */
  #unconfirmed = 0;
  /** How many of them were sent after the unanswered ping. */
  #sincePing = 0;

  constructor(options: KeepAliveOptions, target: KeepAliveTarget) {
    this.#options = options;
    this.#target = target;
    this.#timer = setInterval(() => this.#tick(), options.interval);
    unref(this.#timer);
  }

  /** Data arrived at the time `now` of `performance.now()`. */
  received(now: number): void {
    this.#lastReceived = now;
  }

  /** A pong arrived: what was sent before its ping has been read. */
  pong(): void {
    this.received(performance.now());
    this.#pinged = false;
    this.#unconfirmed = this.#sincePing;
  }

  /** `length` bytes of input were sent. */
  sent(length: number): void {
    this.#unconfirmed += length;
    this.#sincePing += length;
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#lastCheck);
  }

  #tick(last = false): void {
    const now = performance.now();
    this.#discountBlockedTime(now);
    const stalled = this.#target.stalled();
    if (stalled || this.#behindInput()) this.received(now);
    const silence = now - this.#lastReceived;
    if (this.#pinged && silence >= this.#options.timeout) {
      return last ? this.#target.lost(silence) : this.#checkAgain();
    }
    if (!this.#pinged && !stalled) this.#ping();
  }

  /** Don't count time our own event loop was blocked. */
  #discountBlockedTime(now: number): void {
    const late = now - this.#lastTick - this.#options.interval;
    this.#lastTick = now;
    if (late > 0) this.#lastReceived = Math.min(now, this.#lastReceived + late);
  }

  #checkAgain(): void {
    if (this.#lastCheck !== undefined) return;
    this.#lastCheck = setTimeout(() => {
      this.#lastCheck = undefined;
      this.#tick(true);
    }, LAST_CHECK);
    unref(this.#lastCheck);
  }

  #ping(): void {
    this.#pinged = true;
    this.#sincePing = 0;
    this.#target.ping();
  }

  /** Whether the unanswered ping may be queued behind unread input. */
  #behindInput(): boolean {
    return this.#pinged && this.#unconfirmed - this.#sincePing > PIPE_BUFFER;
  }
}

/** Lets the process exit; timers of browsers are numbers. */
function unref(timer: unknown): void {
  (timer as { unref?(): void }).unref?.();
}
