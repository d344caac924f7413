import type { Bytes } from "../../bytes.ts";

/** `WebSocket.OPEN`, of any implementation. */
const OPEN = 1;

/** How many bytes may wait in the socket before sending is to stop. */
const HIGH_WATER_MARK = 1024 * 1024;

/** How many bytes go out before the events are let in, whatever waits. */
const MAX_TURN = 4 * HIGH_WATER_MARK;

/** How often the socket is asked how much still waits, in milliseconds. */
const POLL_INTERVAL = 2;

/**
 * How long both sides must be silent before a late flusher is nudged, in
 * milliseconds. Not while the server talks: it may have closed already, and
 * then whatever arrives makes its kernel drop what it has still to send.
 */
const NUDGE_DELAY = 100;

/**
 * How long what has arrived by then gets to be heard, in milliseconds: a busy
 * program's timers run before it has looked at its sockets.
 */
const RECEIVE_GRACE = 20;

/** How long the last bytes may take, in milliseconds. */
const FLUSH_TIMEOUT = 500;

/**
 * Backpressure for a standard WebSocket. It has no event for room in its
 * buffer, so `bufferedAmount` is polled for as long as someone waits.
 */
export class SendBuffer {
  readonly #socket: WebSocket;
  readonly #drained: () => void;
  readonly #flushesLate: boolean;
  #nudge: ReturnType<typeof setTimeout> | undefined;
  /** When something was last sent or received. */
  #lastActive = 0;
  /** How many bytes were sent since the events were let in. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Deno 2.5 may run a timer that was cleared when it was due already. */
  #stopped = false;

  /** @param flushesLate Whether the last messages may stay until another. */
  constructor(socket: WebSocket, drained: () => void, flushesLate: boolean) {
    this.#socket = socket;
    this.#drained = drained;
    this.#flushesLate = flushesLate;
  }

  /**
   * Sends one message; false when the buffer is full. A socket that is not open
   * any more has its `close` event still to come, and one may learn what waits
   * in it only between events: an endless writer must not keep them out.
   */
  send(message: Bytes): boolean {
    if (this.#socket.readyState !== OPEN) return false;
    this.#socket.send(message);
    this.#turn += message.byteLength;
    if (this.#flushesLate) this.#nudgeLater();
    const full = this.#socket.bufferedAmount >= HIGH_WATER_MARK;
    if (!full && this.#turn < MAX_TURN) return true;
    this.#timer ??= setTimeout(() => this.#poll(), POLL_INTERVAL);
    return false;
  }

  /** Calls `then` when all is sent, or has taken too long: Bun's `close` may drop it. */
  flush(then: () => void): void {
    this.stop();
    const deadline = Date.now() + FLUSH_TIMEOUT;
    const check = (): void => {
      const done = this.#socket.bufferedAmount === 0;
      if (done || Date.now() > deadline) return then();
      this.#timer = setTimeout(check, POLL_INTERVAL);
    };
    check();
  }

  /** Polls no more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearTimeout(this.#nudge);
  }

  /** Notes that the server sent something. */
  received(): void {
    this.#lastActive = performance.now();
  }

  /** An empty message, which every server ignores, pushes out what is left. */
  #nudgeLater(): void {
    this.received();
    this.#nudge ??= setTimeout(() => this.#nudgeOnce(), NUDGE_DELAY);
  }

  /** @param seen When the last sign of life was, if it was looked at before. */
  #nudgeOnce(seen?: number): void {
    if (this.#stopped) return;
    this.#nudge = undefined;
    const active = this.#lastActive;
    const rest = NUDGE_DELAY - (performance.now() - active);
    if (rest > 0) this.#nudgeIn(Math.ceil(rest));
    else if (seen !== active) this.#nudgeIn(RECEIVE_GRACE, active);
    else if (this.#socket.readyState === OPEN) {
      this.#socket.send(new Uint8Array());
    }
  }

  #nudgeIn(milliseconds: number, seen?: number): void {
    this.#nudge = setTimeout(() => this.#nudgeOnce(seen), milliseconds);
  }

  #poll(): void {
    if (this.#stopped) return;
    this.#timer = undefined;
    this.#turn = 0;
    if (this.#socket.bufferedAmount < HIGH_WATER_MARK / 2) this.#drained();
    else this.#timer = setTimeout(() => this.#poll(), POLL_INTERVAL);
  }
}
