import type { Bytes } from "../../bytes.ts";
import type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
import { ReadAhead } from "../read_ahead.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import type { Socket } from "node:net";

/** What Node keeps of a stream, as far as it is needed here. */
interface Errored {
  readonly _readableState: { errored: Error | null };
}

/**
 * Node drops a socket as soon as a write to it fails, with all that has come
 * and was not read yet. But a server that ends a session resets the connection
 * when input is under way, right behind its last words: they are to be read.
 * So a socket whose write failed lives on until its reading ends as well.
 */
export class FailedWrite {
  readonly #socket: Socket;
  readonly #destroy: Socket["destroy"];
  #happened = false;

  /** Watches a socket's writes from now on. */
  constructor(socket: Socket) {
    this.#socket = socket;
    this.#destroy = socket.destroy;
    socket.destroy = (error) => this.#destroyed(error);
  }

  /** Whether a write has failed, and only the reading goes on. */
  get happened(): boolean {
    return this.#happened;
  }

  /** Nobody reads on: a failed write is the socket's end, now or later. */
  concede(): void {
    this.#socket.destroy = this.#destroy;
    if (this.#happened) this.#socket.destroy();
  }

  #destroyed(error?: Error & { syscall?: string }): Socket {
    if (this.#happened || error?.syscall !== "write") {
      return this.#destroy.call(this.#socket, error);
    }
    this.#happened = true;
    // A stream with an error takes nothing more in.
    (this.#socket as unknown as Errored)._readableState.errored = null;
    return this.#socket;
  }
}

/** How a runtime's sockets behave. */
export interface NodeDuplexOptions {
  /** A failed write drops a socket with what it has not read, if it is let. */
  readonly readsOn?: boolean;
  /**
   * A socket that resumes reads on, however much it still holds: its buffer has
   * to be emptied at once, or it grows with every pause.
   */
  readonly hoards?: boolean;
  /**
   * A socket that is destroyed while much waits to be written may stay, with
   * that, for ever: it has to be reset.
   */
  readonly lingers?: boolean;
  /**
   * A socket that is ended is closed, with what it has not read, and so reset:
   * what the peer has not read yet is lost to it. So the peer ends first, as it
   * should after a Close frame (RFC 6455, 7.1.1).
   */
  readonly endsWhole?: boolean;
}

/** A `node:net` or `node:tls` socket, connected, as a {@linkcode ByteDuplex}. */
export class NodeDuplex implements ByteDuplex {
  readonly released: Promise<void>;
  readonly #socket: Socket;
  readonly #tap: Socket;
  #receiver: DuplexReceiver | null = null;
  /** How reading ended, from before there was a receiver. */
  #ending: { error?: Error } | null = null;
  #over = false;
  #released = false;
  readonly #onData = (chunk: Uint8Array): void => {
    if (this.#over) return;
    this.#ahead.came(chunk.byteLength);
    this.#receiver?.data(plain(chunk));
  };
  readonly #ahead = new ReadAhead({
    start: () => this.#start(),
    stop: () => this.#stop(),
    write: (chunk) => this.#socket.write(chunk) && !this.#full,
    drained: () => this.#drained(),
  });
  readonly #hoards: boolean;
  readonly #lingers: boolean;
  readonly #endsWhole: boolean;
  readonly #failedWrite: FailedWrite | null;
  #stopped = false;
  #cancelTimer = (): void => {};

  /**
   * @param tap The socket to pause: `socket`, or the one that its TLS runs over.
   */
  constructor(
    socket: Socket,
    tap: Socket,
    options: NodeDuplexOptions = {},
  ) {
    const { readsOn = false, hoards = false } = options;
    const { lingers = false, endsWhole = false } = options;
    this.#socket = socket;
    this.#tap = tap;
    this.#hoards = hoards;
    this.#lingers = lingers;
    this.#endsWhole = endsWhole;
    this.#failedWrite = readsOn ? new FailedWrite(socket) : null;
    this.released = Promise.all([closed(socket), closed(tap)]).then(() => {
      this.#released = true;
      this.#cancelTimer();
    });
    socket.once("close", () => this.#end(new Error("the socket was closed")));
    socket.on("error", (error) => this.#end(error));
    socket.on("end", () => this.#end());
  }

  open(receiver: DuplexReceiver): void {
    const first = this.#receiver === null;
    this.#receiver = receiver;
    if (first) this.#flow();
  }

  #flow(): void {
    if (this.#ending) queueMicrotask(() => this.#tell());
    const onDrain = (): void => this.#drained();
    this.#socket.on("drain", onDrain);
    if (this.#tap !== this.#socket) this.#tap.on("drain", onDrain);
    this.#socket.on("data", this.#onData);
    this.#socket.resume();
  }

  write(chunk: Bytes): boolean {
    if (this.#over || this.#ending) return false;
    if (this.#failedWrite?.happened) return false;
    return this.#ahead.write(chunk);
  }

  #drained(): void {
    if (!this.#over && !this.#full) this.#receiver?.drained();
  }

  get #full(): boolean {
    return this.#socket.writableNeedDrain || this.#tap.writableNeedDrain;
  }

  pause(): void {
    if (!this.#over) this.#ahead.pause();
  }

  resume(): void {
    if (!this.#over) this.#ahead.resume();
  }

  #start(): void {
    this.#stopped = false;
    if (this.#hoards) queueMicrotask(() => this.#empty());
    else this.#tap.resume();
  }

  /** Hands all of it on, though the first of it may be enough for now. */
  #empty(): void {
    while (this.#tap.readableLength > 0 && this.#tap.read() !== null);
    if (!this.#stopped) this.#tap.resume();
  }

  #stop(): void {
    this.#stopped = true;
    this.#tap.pause();
  }

  end(grace: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#failedWrite?.concede();
    if (this.#released || this.#socket.destroyed) return;
    const socket = this.#socket;
    this.#cancelTimer = startBackgroundTimer(grace, () => this.destroy());
    this.#ahead.flush();
    // Paused sockets never see that the peer has closed.
    this.#tap.resume();
    socket.resume();
    if (!this.#endsWhole || this.#ending) socket.end();
    else socket.once("end", () => socket.end());
  }

  destroy(): void {
    this.#over = true;
    this.#ahead.drop();
    this.#cancelTimer();
    const waits = this.#socket.writableLength > 0;
    if (this.#lingers && waits) this.#socket.resetAndDestroy();
    this.#socket.destroy();
    this.#tap.destroy();
  }

  #end(error?: Error): void {
    if (this.#ending) return;
    this.#ending = { error };
    this.#ahead.drop();
    if (this.#receiver) this.#tell();
  }

  #tell(): void {
    this.#deliverRest();
    if (!this.#over) this.#receiver?.ended(this.#ending?.error);
  }

  /** What a paused socket had read before it broke: it will not flow again. */
  #deliverRest(): void {
    this.#socket.off("data", this.#onData);
    while (!this.#over) {
      const chunk = this.#socket.read() as Uint8Array | null;
      if (chunk === null) return;
      this.#receiver?.data(plain(chunk));
    }
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once("close", () => resolve());
  });
}

/**
 * A plain array, since a `Buffer` has a `subarray` and `slice` of its own, in a
 * buffer of its own, since small ones are cut from a pool.
 */
function plain(chunk: Uint8Array): Bytes {
  const { buffer, byteOffset, byteLength } = chunk;
  const array = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return byteLength === buffer.byteLength ? array : array.slice();
}
