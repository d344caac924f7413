import { abortable } from "../abortable.ts";
import type { ByteDuplex, Dial, DialTarget } from "./duplex.ts";
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
}

/** A connection for one request, which destroys or releases it. */
export interface LentConnection {
  readonly duplex: ByteDuplex;
  /** Whether it has carried a request before. */
  readonly reused: boolean;
}

/** A request that waits for a connection. */
interface Waiter {
  resolve(connection: LentConnection): void;
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
  /** Those without a request: idle or being checked. */
  readonly #kept: Set<KeptConnection> = new Set();
  /** The newest is the last. */
  readonly #idle: KeptConnection[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #dials: PendingDial[] = [];
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
  async acquire(signal: AbortSignal): Promise<LentConnection> {
    const kept = this.#idle.pop();
    if (kept !== undefined) return this.#take(kept);
    const { promise, ...waiter } = Promise.withResolvers<LentConnection>();
    this.#waiters.push(waiter);
    this.#dialForWaiters();
    return await abortable(promise, signal, () => this.#abandon(waiter));
  }

  /**
   * Keeps a connection whose response is complete.
   *
   * @param serverTime How long the server keeps it, in milliseconds.
   */
  async release(duplex: ByteDuplex, serverTime = Infinity): Promise<void> {
    const time = Math.min(IDLE_TIME, serverTime - IDLE_MARGIN);
    if (this.#closed || time <= 0) {
      duplex.destroy();
      return;
    }
    const kept = new KeptConnection(duplex, () => this.#lost(kept));
    this.#kept.add(kept);
    // What the server sent after its response may not have been read yet.
    await this.#runtime.nextTurn();
    if (kept.closed) this.#dialForWaiters();
    else this.#keep(kept, time);
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

  #take(kept: KeptConnection): LentConnection {
    this.#kept.delete(kept);
    this.#allIdle.delete(kept);
    return { duplex: kept.take(), reused: true };
  }

  #keep(kept: KeptConnection, time: number): void {
    const waiter = this.#waiters.shift();
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
    while (this.#dials.length < wanted) this.#dial();
    this.#forgetIfEmpty();
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
      const waiter = this.#waiters.shift();
      if (waiter !== undefined) waiter.resolve({ duplex, reused: false });
      else if (signal.aborted) duplex.destroy();
      else this.release(duplex);
    } catch (error) {
      finish();
      if (!signal.aborted) this.#waiters.shift()?.reject(error);
    }
    this.#dialForWaiters();
  }

  /** A waiter's signal has aborted: so does the connection that it waits for. */
  #abandon(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter);
    if (at < 0) return;
    this.#waiters.splice(at, 1);
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
    const { length } = [...this.#waiters, ...this.#dials];
    if (length + this.#kept.size === 0) this.#onEmpty();
  }
}
