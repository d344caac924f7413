import type { Bytes } from "../../bytes.ts";
import { startTimer } from "../../timers.ts";

/** `WebSocket.OPEN`, of any implementation. */
const OPEN = 1;

/** How many bytes the socket may buffer before `send` returns false. */
const HIGH_WATER_MARK = 1024 * 1024;

/** How many bytes to send per event loop turn. */
const MAX_TURN = 4 * HIGH_WATER_MARK;

/** The interval for polling `bufferedAmount`, in milliseconds. */
const POLL_INTERVAL = 2;

/**
 * How many bytes every socket has room for: messages are delayed only behind a
 * full socket. Systems start with room for 50 KB and more.
 */
const SOCKET_ROOM = 16 * 1024;

/** The least that a message takes of it: the system keeps a small one apart. */
const MESSAGE_ROOM = 1024;

/**
 * How long both sides must be idle before an empty message is sent, in
 * milliseconds. Not while the server sends: it may have closed already, and then
 * new data makes both kernels discard output that is not read.
 */
const NUDGE_DELAY = 100;

/**
 * Grace period to process data already received, in milliseconds: after a
 * blocked event loop, timers run before sockets are read.
 */
const RECEIVE_GRACE = 20;

/** A longer one proves nothing, in milliseconds: the event loop was blocked. */
const LONGEST_GRACE = 25;

/** How many of those are repeated. */
const MOST_REPEATED = 10;

/**
 * Backpressure for a standard WebSocket. There is no `drain` event, so polls
 * `bufferedAmount` while a sender waits.
 */
export class SendBuffer {
  readonly #socket: WebSocket;
  readonly #drained: () => void;
  readonly #delaysLastMessage: boolean;
  /** The time of the last message in either direction. */
  #lastActive = 0;
  /** Bytes sent in this event loop turn. */
  #turn = 0;
  /** The room that all messages since the last empty one take. */
  #room = 0;
  #cancelPoll: (() => void) | null = null;
  #cancelNudge: (() => void) | null = null;

  /** @param delaysLastMessage See {@linkcode WebSocketQuirks}. */
  constructor(
    socket: WebSocket,
    drained: () => void,
    delaysLastMessage: boolean,
  ) {
    this.#socket = socket;
    this.#drained = drained;
    this.#delaysLastMessage = delaysLastMessage;
  }

  /**
   * Sends one message. Returns false when the buffer is full, when the socket is
   * closing, or after many bytes in one turn: `bufferedAmount` and `close` are
   * updated between events, so an endless writer must yield.
   */
  send(message: Bytes): boolean {
    if (this.#socket.readyState !== OPEN) return false;
    this.#socket.send(message);
    this.#turn += message.byteLength;
    if (this.#delaysLastMessage) this.#nudgeLater(message.byteLength);
    const full = this.#socket.bufferedAmount >= HIGH_WATER_MARK;
    if (!full && this.#turn < MAX_TURN) return true;
    this.#cancelPoll ??= startTimer(POLL_INTERVAL, () => this.#poll());
    return false;
  }

  /**
   * Calls `then` when all is sent, or after so many milliseconds: Bun's `close`
   * drops data.
   */
  flush(then: () => void, timeout: number): void {
    this.stop();
    const deadline = Date.now() + timeout;
    const check = (): void => {
      const done = this.#socket.bufferedAmount === 0;
      if (done || Date.now() > deadline) return then();
      this.#cancelPoll = startTimer(POLL_INTERVAL, check);
    };
    check();
  }

  /** Stops polling. */
  stop(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = null;
    this.#cancelNudge?.();
  }

  /** Records that the server sent a message. */
  received(): void {
    this.#lastActive = performance.now();
  }

  /** Schedules an empty message, which servers ignore, to flush earlier ones. */
  #nudgeLater(length: number): void {
    this.received();
    this.#room += Math.max(length, MESSAGE_ROOM);
    if (this.#room <= SOCKET_ROOM) return;
    this.#cancelNudge ??= startTimer(NUDGE_DELAY, () => this.#nudgeIfIdle());
  }

  #nudgeIfIdle(): void {
    this.#cancelNudge = null;
    const rest = NUDGE_DELAY - (performance.now() - this.#lastActive);
    if (rest <= 0) return this.#nudgeAfterGrace(MOST_REPEATED);
    this.#cancelNudge = startTimer(Math.ceil(rest), () => this.#nudgeIfIdle());
  }

  /** @param repeats How many grace periods may be too long. */
  #nudgeAfterGrace(repeats: number): void {
    const active = this.#lastActive;
    const begun = performance.now();
    this.#cancelNudge = startTimer(RECEIVE_GRACE, () => {
      if (this.#lastActive !== active) return this.#nudgeIfIdle();
      const blocked = performance.now() - begun > LONGEST_GRACE;
      if (blocked && repeats > 0) return this.#nudgeAfterGrace(repeats - 1);
      this.#cancelNudge = null;
      this.#room = 0;
      if (this.#socket.readyState === OPEN) this.#socket.send(new Uint8Array());
    });
  }

  #poll(): void {
    this.#cancelPoll = null;
    this.#turn = 0;
    if (this.#socket.bufferedAmount < HIGH_WATER_MARK / 2) this.#drained();
    else this.#cancelPoll = startTimer(POLL_INTERVAL, () => this.#poll());
  }
}
