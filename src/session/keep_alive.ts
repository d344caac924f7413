import { SharedTimer, type TimedTask, unref } from "./shared_timer.ts";

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
  /** Whether the transport can ping. Defaults to true. */
  readonly pings?: boolean;
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

/** Of all sessions. */
const timer = new SharedTimer();

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
export class KeepAlive implements TimedTask {
  readonly #options: KeepAliveSettings;
  readonly #target: KeepAliveTarget;
  #nextTick: number;
  /** When the session may have been idle for too long. */
  #nextActivity: number;
  #lastCheck: ReturnType<typeof setTimeout> | undefined;
  #lastReceived: number;
  #pinged = false;
  /** Bytes of input sent that no pong has confirmed as read. */
  #unconfirmed = 0;
  /** How many of them were sent after the unanswered ping. */
  #sincePing = 0;
  #stopped = false;

  constructor(options: KeepAliveSettings, target: KeepAliveTarget) {
    this.#options = options;
    this.#target = target;
    const { pings = true, interval, activity } = options;
    const now = this.#lastReceived = performance.now();
    this.#nextTick = pings ? now + interval : Infinity;
    this.#nextActivity = now + activity;
    timer.add(this);
  }

  /** When the timer is to call `run`. */
  get due(): number {
    return Math.min(this.#nextTick, this.#nextActivity);
  }

  /** Does what is due. */
  run(now: number): void {
    if (now >= this.#nextActivity) this.#checkActivity(now);
    if (now >= this.#nextTick && !this.#stopped) {
      this.#discountBlockedTime(now);
      this.#nextTick = now + this.#options.interval;
      this.#tick(now);
    }
    if (!this.#stopped) timer.add(this);
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
    timer.remove(this);
    clearTimeout(this.#lastCheck);
  }

  #checkActivity(now: number): void {
    const { activity } = this.#options;
    const left = activity - this.#target.idle();
    if (left <= 0) this.#target.sendEmpty();
    this.#nextActivity = now + (left <= 0 ? activity : Math.ceil(left));
  }

  #tick(now: number, last = false): void {
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
    const late = now - this.#nextTick;
    this.#lastReceived = Math.min(now, this.#lastReceived + late);
  }

  #checkAgain(): void {
    if (this.#lastCheck !== undefined) return;
    const due = performance.now() + LAST_CHECK;
    this.#lastCheck = setTimeout(() => {
      this.#lastCheck = undefined;
      const now = performance.now();
      // Blocked again: what was received meanwhile is not read yet.
      if (now - due > LAST_CHECK / 2) this.#checkAgain();
      else this.#tick(now, true);
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
