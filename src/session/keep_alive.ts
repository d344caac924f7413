/** When to ping an idle session, and when to take it for dead. */
export interface KeepAliveOptions {
  /** Milliseconds between pings. */
  readonly interval: number;
  /** Milliseconds without a sign of life after which the session is lost. */
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
 * How long what has come gets to be heard before a peer is given up, in
 * milliseconds: after a hold-up of the process timers run before sockets do.
 */
const LAST_LOOK = 100;

/** How much unread input every process's pipe or terminal takes, in bytes. */
const ABSORBED = 4096;

/**
 * Pings a quiet connection, so that nothing between here and the container
 * takes it for idle, and notices when the peer is gone.
 *
 * A server that waits for a process to read its stdin reads nothing else, no
 * ping either. So a ping behind much input proves nothing while it is
 * unanswered: the deadline is suspended. One ping is under way at a time, so
 * that a pong always answers the latest.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #target: KeepAliveTarget;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastLook: ReturnType<typeof setTimeout> | undefined;
  #lastHeard: number = performance.now();
  #lastTick: number = performance.now();
  #pinged = false;
  /** How much input was sent that no pong has proven read. */
  #unproven = 0;
  /** How much of it was sent after the ping under way. */
  #sincePing = 0;

  constructor(options: KeepAliveOptions, target: KeepAliveTarget) {
    this.#options = options;
    this.#target = target;
    this.#timer = setInterval(() => this.#tick(), options.interval);
    letGo(this.#timer);
  }

  /** Data arrived, when `performance.now()` was `now`. */
  heard(now: number): void {
    this.#lastHeard = now;
  }

  /** A pong arrived: what was sent before its ping has been read. */
  pong(): void {
    this.heard(performance.now());
    this.#pinged = false;
    this.#unproven = this.#sincePing;
  }

  /** Input was sent, `length` bytes of it. */
  sent(length: number): void {
    this.#unproven += length;
    this.#sincePing += length;
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#lastLook);
  }

  #tick(last = false): void {
    const now = performance.now();
    this.#forgive(now);
    const stalled = this.#target.stalled();
    if (stalled || this.#behindInput()) this.heard(now);
    const silence = now - this.#lastHeard;
    if (this.#pinged && silence >= this.#options.timeout) {
      return last ? this.#target.lost(silence) : this.#lookAgain();
    }
    if (!this.#pinged && !stalled) this.#ping();
  }

  /** What this process was held up is no silence of its peer's. */
  #forgive(now: number): void {
    const late = now - this.#lastTick - this.#options.interval;
    this.#lastTick = now;
    if (late > 0) this.#lastHeard = Math.min(now, this.#lastHeard + late);
  }

  #lookAgain(): void {
    if (this.#lastLook !== undefined) return;
    this.#lastLook = setTimeout(() => {
      this.#lastLook = undefined;
      this.#tick(true);
    }, LAST_LOOK);
    letGo(this.#lastLook);
  }

  #ping(): void {
    this.#pinged = true;
    this.#sincePing = 0;
    this.#target.ping();
  }

  /** Whether the ping under way may wait for a process to read its stdin. */
  #behindInput(): boolean {
    return this.#pinged && this.#unproven - this.#sincePing > ABSORBED;
  }
}

/** A timer keeps no process alive, where it is more than a number. */
function letGo(timer: unknown): void {
  (timer as { unref?(): void }).unref?.();
}
