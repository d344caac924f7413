import type * as timers from "node:timers";
import type { Bytes } from "../bytes.ts";
import { builtin } from "../platform/builtin.ts";

/** How much is read ahead during one pause. */
const LIMIT = 256 * 1024;

/** How much may wait for that before `write` returns false. */
const HIGH_WATER_MARK = 64 * 1024;

/** After how many turns of the event loop without bytes there are none. */
const QUIET_TURNS = 3;

/** A socket, as its {@linkcode ReadAhead} uses it. */
export interface PausableSocket {
  start(): void;
  stop(): void;
  write(chunk: Bytes): boolean;
  drained(): void;
}

/**
 * What a socket has to write while it is paused waits here, a few turns, until
 * what has come in is read. For if the peer has reset the connection, the write
 * fails, and the runtime drops the socket with all that it has not read: the
 * rest of the output, the status and the Close frame.
 */
export class ReadAhead {
  readonly #socket: PausableSocket;
  #held: Bytes[] = [];
  #heldBytes = 0;
  #refused = false;
  #paused = false;
  /** How much has come since the pause. */
  #ahead = 0;
  #quiet = 0;
  #turn: ReturnType<typeof timers.setImmediate> | null = null;

  constructor(socket: PausableSocket) {
    this.#socket = socket;
  }

  pause(): void {
    this.#paused = true;
    this.#ahead = 0;
    if (this.#turn === null) this.#socket.stop();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.start();
  }

  /** Writes now or soon; false when `drained` is to be waited for. */
  write(chunk: Bytes): boolean {
    const exhausted = !this.#paused || this.#ahead >= LIMIT;
    if (this.#turn === null && exhausted) return this.#socket.write(chunk);
    this.#held.push(chunk);
    this.#heldBytes += chunk.byteLength;
    if (this.#turn === null) {
      this.#quiet = 0;
      this.#socket.start();
      this.#wait();
    }
    if (this.#heldBytes >= HIGH_WATER_MARK) this.#refused = true;
    return !this.#refused;
  }

  /** The socket has read so many bytes. */
  came(length: number): void {
    this.#quiet = 0;
    this.#ahead += length;
    if (this.#paused && this.#ahead >= LIMIT) this.#socket.stop();
  }

  /** Writes at once what waits. */
  flush(): void {
    const chunks = this.#held;
    const refused = this.#refused;
    this.drop();
    let roomy = true;
    for (const chunk of chunks) roomy = this.#socket.write(chunk);
    if (refused && roomy) this.#socket.drained();
  }

  /** Forgets what waits. */
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
      if (this.#paused) this.#socket.stop();
      this.flush();
    });
  }
}
