import type { Bytes } from "../bytes.ts";

/** `WebSocket.OPEN`, of any implementation. */
const OPEN = 1;

/** How many bytes may wait in the socket before sending is to stop. */
const HIGH_WATER_MARK = 1024 * 1024;

/** How many bytes go out before the events are let in, whatever waits. */
const TURN = 4 * HIGH_WATER_MARK;

/** How often the socket is asked how much still waits, in milliseconds. */
const POLL_INTERVAL = 2;

/** How long the last bytes may take, in milliseconds. */
const FLUSH_TIME = 500;

/**
 * Backpressure for a standard WebSocket. It has no event for room in its
 * buffer, so `bufferedAmount` is polled for as long as someone waits.
 */
export class SendBuffer {
  readonly #socket: WebSocket;
  readonly #drained: () => void;
  /** How many bytes were sent since the events were let in. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocket, drained: () => void) {
    this.#socket = socket;
    this.#drained = drained;
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
    const full = this.#socket.bufferedAmount >= HIGH_WATER_MARK;
    if (!full && this.#turn < TURN) return true;
    this.#timer ??= setTimeout(() => this.#poll(), POLL_INTERVAL);
    return false;
  }

  /** Calls `then` when all is sent, or has taken too long: Bun's `close` may drop it. */
  finish(then: () => void): void {
    this.stop();
    const deadline = Date.now() + FLUSH_TIME;
    const check = (): void => {
      const done = this.#socket.bufferedAmount === 0;
      if (done || Date.now() > deadline) return then();
      this.#timer = setTimeout(check, POLL_INTERVAL);
    };
    check();
  }

  /** Polls no more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    this.#timer = undefined;
    this.#turn = 0;
    if (this.#socket.bufferedAmount < HIGH_WATER_MARK / 2) this.#drained();
    else this.#timer = setTimeout(() => this.#poll(), POLL_INTERVAL);
  }
}
