/** How to keep live sessions alive, and when to treat one as lost. */
export interface KeepAliveOptions {
  /**
   * Milliseconds between pings, where the transport can ping.
   *
   * @default {30_000}
   */
  readonly interval?: number;
  /**
   * Milliseconds without any frame from the server until the session is lost;
   * only where the transport can ping.
   *
   * @default {60_000}
   */
  readonly timeout?: number;
  /**
   * Milliseconds without data, in either direction, until an empty message is
   * sent. Servers cut a session that carries no data, by default after 4 h. They
   * count an empty message, which does not reach the container, and no pings.
   *
   * @default {60_000}
   */
  readonly activity?: number;
}

/** The keep-alive of one session. */
export interface KeepAliveSettings extends Required<KeepAliveOptions> {
  /** Whether the transport can ping. */
  readonly pings: boolean;
}

/** The session that a {@linkcode KeepAlive} watches. */
export interface KeepAliveTarget {
  ping(): void;
  /** Milliseconds since data was last sent or received. */
  idle(): number;
  /** Sends an empty message. */
  sendEmpty(): void;
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
 * a server that is gone. Sends an empty message where pings do not count.
 *
 * A server that waits for a process to read its stdin reads nothing else, not
 * even a ping. So a missing pong proves nothing while its ping is queued behind
 * much input: the deadline is suspended then. At most one ping is unanswered at
 * a time, so that a pong always answers the latest.
 */
export class KeepAlive {
  readonly #options: KeepAliveSettings;
  readonly #target: KeepAliveTarget;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #activity: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #lastCheck: ReturnType<typeof setTimeout> | undefined;
  #lastReceived: number = performance.now();
  #lastTick: number = performance.now();
  #pinged = false;
  /** Bytes of input sent that no pong has confirmed as read. */
  #unconfirmed = 0;
  /** How many of them were sent after the unanswered ping. */
  #sincePing = 0;

  constructor(options: KeepAliveSettings, target: KeepAliveTarget) {
    this.#options = options;
    this.#target = target;
    this.#startActivity(options.activity);
    if (!options.pings) return;
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
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#lastCheck);
    clearTimeout(this.#activity);
  }

  /** Waits until the session may have been idle for so long. */
  #startActivity(delay: number): void {
    const { activity } = this.#options;
    this.#activity = setTimeout(() => {
      // Deno 2.5 runs a timer that is cleared in the turn in which it is due.
      if (this.#stopped) return;
      const left = activity - this.#target.idle();
      if (left <= 0) this.#target.sendEmpty();
      this.#startActivity(left <= 0 ? activity : left);
    }, Math.ceil(delay));
    unref(this.#activity);
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
