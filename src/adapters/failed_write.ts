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
