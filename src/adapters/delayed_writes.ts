import type * as timers from "node:timers";
import type { Bytes } from "../bytes.ts";
import { builtin } from "../platform/builtin.ts";

/** The most bytes that are read ahead during a pause. */
const LIMIT = 256 * 1024;

/** How many bytes may be held before `write` returns false. */
const HIGH_WATER_MARK = 64 * 1024;

/** The number of event loop turns without input that end reading ahead. */
const QUIET_TURNS = 3;

/** The socket of a {@linkcode DelayedWrites}. */
export interface PausableSocket {
  startReading(): void;
  stopReading(): void;
  writeNow(chunk: Bytes): boolean;
  /** `writeNow` has returned false, and there is room again. */
  drained(): void;
}

/**
 * Delays writes to a paused socket by a few event loop turns to read pending
 * input first. If the peer has reset the connection, the write fails, and the
 * runtime drops the socket along with unread data: the rest of the output, the
 * status and the Close frame.
 */
export class DelayedWrites {
  readonly #socket: PausableSocket;
  #held: Bytes[] = [];
  #heldBytes = 0;
  #refused = false;
  #paused = false;
  /** Bytes received since the pause. */
  #ahead = 0;
  #quiet = 0;
  #turn: ReturnType<typeof timers.setImmediate> | null = null;

  constructor(socket: PausableSocket) {
    this.#socket = socket;
  }

  pause(): void {
    this.#paused = true;
    this.#ahead = 0;
    if (this.#turn === null) this.#socket.stopReading();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.startReading();
  }

  /** Writes now or soon; false if the caller must wait for `drained`. */
  write(chunk: Bytes): boolean {
    const exhausted = !this.#paused || this.#ahead >= LIMIT;
    if (this.#turn === null && exhausted) return this.#socket.writeNow(chunk);
    this.#held.push(chunk);
    this.#heldBytes += chunk.byteLength;
    if (this.#turn === null) {
      this.#quiet = 0;
      this.#socket.startReading();
      this.#wait();
    }
    if (this.#heldBytes >= HIGH_WATER_MARK) this.#refused = true;
    return !this.#refused;
  }

  /** Whether `write` has returned false, and `drained` not followed yet. */
  get full(): boolean {
    return this.#refused;
  }

  /** Counts `length` bytes read. */
  received(length: number): void {
    this.#quiet = 0;
    this.#ahead += length;
    if (this.#paused && this.#ahead >= LIMIT) this.#socket.stopReading();
  }

  /** Writes held chunks at once. */
  flush(): void {
    const chunks = this.#held;
    const refused = this.#refused;
    this.drop();
    let hasRoom = true;
    for (const chunk of chunks) hasRoom = this.#socket.writeNow(chunk);
    if (refused && hasRoom) this.#socket.drained();
  }

  /** Discards held chunks. */
  drop(): void {
    if (this.#turn !== null) builtin("node:timers").clearImmediate(this.#turn);
    this.#turn = null;
    this.#held = [];
    this.#heldBytes = 0;
    this.#refused = false;
  }

  #wait(): void {
    this.#turn = builtin("node:timers").setImmediate(() => {
      const last = ++this.#quiet === QUIET_TURNS || this.#ahead >= LIMIT;
      if (!last) return this.#wait();
      if (this.#paused) this.#socket.stopReading();
      this.flush();
    });
  }
}
