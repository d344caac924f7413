import { abortable } from "../abortable.ts";
import { startTimer } from "../timers.ts";
import type { Dial, DialTarget } from "./dial.ts";
import type { ByteDuplex } from "./duplex.ts";
import { KeptConnection } from "./kept_connection.ts";

/** The most idle connections of a group; client-go has 25. */
const MAX_IDLE = 32;

/** The most idle connections of all groups of a pool. */
const MAX_ALL_IDLE = 100;

/**
 * How long a connection is kept, in milliseconds: less than the 60 s of common
 * load balancers and the 90 s of API servers, so that a request seldom meets a
 * server that is closing.
 */
const IDLE_TIME = 50_000;

/** How much earlier than the server says a connection is closed. */
const IDLE_MARGIN = 1_000;

/**
 * The most connections of a group that are being opened at once. Further
 * requests wait for one of them, or for a connection that becomes idle.
 */
const MAX_DIALS = 16;

/**
 * With so many connections in use, of which one has just become free, a request
 * waits a moment for the next before it opens another: in a burst of short
 * requests that is sooner.
 */
const MANY_BUSY = MAX_IDLE;

/** How long it waits at most, in milliseconds. */
const DIAL_DELAY = 50;

/** How long a connection that nobody waits for any more may take to open. */
const SPARE_DIAL_TIME = 1_000;

/** What a pool of connections needs of the runtime. */
export interface PoolRuntime {
  /** Opens a socket. */
  readonly dial: Dial;
  /**
   * Starts a timer that does not keep the process alive.
   *
   * @returns A function that cancels the timer.
   */
  readonly startBackgroundTimer: (
    milliseconds: number,
    run: () => void,
  ) => () => void;
  /** Resolves once what has arrived at the sockets is delivered. */
  readonly nextTurn: () => Promise<void>;
  /** The time in milliseconds. Defaults to that of `performance.now()`. */
  readonly now?: () => number;
}

/** A connection for one request, which destroys its duplex or releases it. */
export interface PooledConnection {
  readonly duplex: ByteDuplex;
  /** Whether it has carried a request before. */
  readonly reused: boolean;
  /**
   * Keeps it after a complete response.
   *
   * @param serverTime How long the server keeps it, in milliseconds.
   */
  release(serverTime?: number): void;
}

/** A request that waits for a connection. */
interface Waiter {
  resolve(connection: PooledConnection): void;
  reject(error: unknown): void;
}

/** A connection that is being opened. */
interface PendingDial {
  readonly controller: AbortController;
  cancelTimer: () => void;
}

/**
 * The connections to one server with the same TLS options, proxy and
 * credentials.
 */
export class ConnectionGroup {
  readonly #target: DialTarget;
  readonly #runtime: PoolRuntime;
  /** The idle connections of all groups, the oldest first. */
  readonly #allIdle: Set<KeptConnection>;
  readonly #onEmpty: () => void;
  /** Those with a request. */
  readonly #busy: Set<ByteDuplex> = new Set();
  /** Those without a request: idle or being checked. */
  readonly #kept: Set<KeptConnection> = new Set();
  /** The newest is the last. */
  readonly #idle: KeptConnection[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #dials: PendingDial[] = [];
  /** Connections that are being opened for the caller of `open`. */
  #opening = 0;
  #cancelDelay: (() => void) | null = null;
  /** When a connection became free. */
  #lastRelease = -Infinity;
  #closed = false;

  /** @param onEmpty Called when there is nothing left in it. */
  constructor(
    target: DialTarget,
    runtime: PoolRuntime,
    allIdle: Set<KeptConnection>,
    onEmpty: () => void,
  ) {
    this.#target = target;
    this.#runtime = runtime;
    this.#allIdle = allIdle;
    this.#onEmpty = onEmpty;
  }

  /**
   * The connection that was used last, or a new one: whichever is there first.
   * Rejects as {@linkcode Dial} does.
   */
  async acquire(signal: AbortSignal): Promise<PooledConnection> {
    const kept = this.#idle.pop();
    if (kept !== undefined) return this.#take(kept);
    const { promise, ...waiter } = Promise.withResolvers<PooledConnection>();
    this.#waiters.push(waiter);
    this.#dialForWaiters();
    return await abortable(promise, signal, () => this.#abandon(waiter));
  }

  /** A new connection, whatever is idle. Rejects as {@linkcode Dial} does. */
  async open(signal: AbortSignal): Promise<PooledConnection> {
    this.#opening++;
    try {
      const duplex = await this.#runtime.dial({ ...this.#target, signal });
      return this.#opened(duplex);
    } finally {
      this.#opening--;
      this.#forgetIfEmpty();
    }
  }

  /**
   * Closes what is idle, now and later. Resolves once the sockets are released.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { controller } of this.#dials.slice(this.#waiters.length)) {
      controller.abort();
    }
    const kept = [...this.#kept];
    for (const connection of kept) connection.close();
    await Promise.all(kept.map(({ duplex }) => duplex.released));
  }

  #opened(duplex: ByteDuplex): PooledConnection {
    duplex.released.then(() => {
      this.#busy.delete(duplex);
      this.#forgetIfEmpty();
    });
    return this.#lend(duplex, false);
  }

  #lend(duplex: ByteDuplex, reused: boolean): PooledConnection {
    this.#busy.add(duplex);
    const release = (serverTime = Infinity) => {
      this.#release(duplex, serverTime);
    };
    return { duplex, reused, release };
  }

  async #release(duplex: ByteDuplex, serverTime: number): Promise<void> {
    this.#busy.delete(duplex);
    const time = Math.min(IDLE_TIME, serverTime - IDLE_MARGIN);
    if (this.#closed || time <= 0) {
      duplex.destroy();
      return;
    }
    const kept = new KeptConnection(duplex, () => this.#lost(kept));
    this.#kept.add(kept);
    this.#lastRelease = this.#now();
    // What the server sent after its response may not have been read yet.
    await this.#runtime.nextTurn();
    if (kept.closed) this.#dialForWaiters();
    else this.#keep(kept, time);
  }

  #now(): number {
    return this.#runtime.now?.() ?? performance.now();
  }

  #take(kept: KeptConnection): PooledConnection {
    this.#kept.delete(kept);
    this.#allIdle.delete(kept);
    return this.#lend(kept.take(), true);
  }

  #keep(kept: KeptConnection, time: number): void {
    const waiter = this.#nextWaiter();
    if (waiter !== undefined) {
      waiter.resolve(this.#take(kept));
      return this.#limitSpareDial();
    }
    const { startBackgroundTimer } = this.#runtime;
    kept.closeBy((run) => startBackgroundTimer(time, run));
    this.#idle.push(kept);
    this.#allIdle.add(kept);
    if (this.#idle.length > MAX_IDLE) this.#idle[0]!.close();
    else if (this.#allIdle.size > MAX_ALL_IDLE) {
      this.#allIdle.values().next().value!.close();
    }
  }

  #nextWaiter(): Waiter | undefined {
    const waiter = this.#waiters.shift();
    this.#stopDelay();
    return waiter;
  }

  #stopDelay(): void {
    if (this.#waiters.length > 0) return;
    this.#cancelDelay?.();
    this.#cancelDelay = null;
  }

  #lost(kept: KeptConnection): void {
    this.#kept.delete(kept);
    this.#allIdle.delete(kept);
    const at = this.#idle.indexOf(kept);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#forgetIfEmpty();
  }

  /** One for each waiter that no connection under way will serve. */
  #dialForWaiters(): void {
    const settling = this.#kept.size - this.#idle.length;
    const wanted = Math.min(this.#waiters.length - settling, MAX_DIALS);
    if (this.#dials.length >= wanted) return this.#forgetIfEmpty();
    const isMoving = this.#now() - this.#lastRelease < DIAL_DELAY;
    if (!isMoving || this.#busy.size + settling < MANY_BUSY) {
      return this.#dialUpTo(wanted);
    }
    this.#cancelDelay ??= startTimer(DIAL_DELAY, () => {
      this.#cancelDelay = null;
      this.#dialUpTo(Math.min(this.#waiters.length, MAX_DIALS));
    }, { steps: 4 });
  }

  #dialUpTo(wanted: number): void {
    while (this.#dials.length < wanted) this.#dial();
  }

  async #dial(): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const dial: PendingDial = { controller, cancelTimer: () => {} };
    this.#dials.push(dial);
    const finish = (): void => {
      dial.cancelTimer();
      this.#dials.splice(this.#dials.indexOf(dial), 1);
    };
    try {
      const duplex = await this.#runtime.dial({ ...this.#target, signal });
      finish();
      const waiter = this.#nextWaiter();
      const opened = this.#opened(duplex);
      if (waiter !== undefined) waiter.resolve(opened);
      else if (signal.aborted) duplex.destroy();
      else opened.release();
    } catch (error) {
      finish();
      if (!signal.aborted) this.#nextWaiter()?.reject(error);
    }
    this.#dialForWaiters();
  }

  /** A waiter's signal has aborted: so does the connection that it waits for. */
  #abandon(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter);
    if (at < 0) return;
    this.#waiters.splice(at, 1);
    this.#stopDelay();
    if (this.#dials.length <= this.#waiters.length) return;
    this.#dials.at(-1)!.controller.abort();
  }

  /**
   * A waiter was served otherwise: the connection under way is kept for later,
   * but a server that does not respond must not keep the process alive.
   */
  #limitSpareDial(): void {
    const dial = this.#dials.at(-1);
    if (dial === undefined) return;
    dial.cancelTimer();
    dial.cancelTimer = this.#runtime.startBackgroundTimer(
      SPARE_DIAL_TIME,
      () => {
        if (this.#dials.length > this.#waiters.length) dial.controller.abort();
      },
    );
  }

  #forgetIfEmpty(): void {
    const count = this.#waiters.length + this.#dials.length +
      this.#opening + this.#busy.size + this.#kept.size;
    if (count === 0) this.#onEmpty();
  }
}
