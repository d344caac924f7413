import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** A TCP socket whose reading can be held up from outside. */
export class HeldStream extends Duplex {
  readonly #tcp: Socket;
  #held = false;

  constructor(tcp: Socket) {
    super();
    this.#tcp = tcp;
    tcp.on("data", (chunk) => {
      if (!this.push(chunk) || this.#held) tcp.pause();
    });
    tcp.on("end", () => this.push(null));
    tcp.on("error", (error) => this.destroy(error));
    tcp.on("close", () => this.destroy());
  }

  /**
   * Makes the pause of the TLS socket above reach this one. What was read and
   * not yet decrypted still arrives.
   */
  holdFor(socket: Socket): void {
    const resume = socket.resume;
    socket.pause = () => {
      this.#held = true;
      return socket;
    };
    socket.resume = () => {
      this.#held = false;
      this.#tcp.resume();
      return resume.call(socket);
    };
    socket.isPaused = () => this.#held;
  }

  override _read(): void {
    if (!this.#held) this.#tcp.resume();
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
