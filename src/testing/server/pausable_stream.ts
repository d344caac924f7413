import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** A TCP socket as a stream that stops reading while the TLS socket is paused. */
export class PausableStream extends Duplex {
  readonly #tcp: Socket;
  #paused = false;

  constructor(tcp: Socket) {
    super();
    this.#tcp = tcp;
    tcp.on("data", (chunk) => {
      if (!this.push(chunk) || this.#paused) tcp.pause();
    });
    tcp.on("end", () => this.push(null));
    tcp.on("error", (error) => this.destroy(error));
    tcp.on("close", () => this.destroy());
  }

  /**
   * Makes `pause` and `resume` of the TLS socket act on the TCP socket too.
   * Bytes that are read but not yet decrypted still arrive.
   */
  followPauseOf(socket: Socket): void {
    const resume = socket.resume;
    socket.pause = () => {
      this.#paused = true;
      return socket;
    };
    socket.resume = () => {
      this.#paused = false;
      this.#tcp.resume();
      return resume.call(socket);
    };
    socket.isPaused = () => this.#paused;
  }

  override _read(): void {
    if (!this.#paused) this.#tcp.resume();
  }

  override _write(
    chunk: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    this.#tcp.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#tcp.end(() => done());
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    this.#tcp.destroy();
    done(error);
  }
}
