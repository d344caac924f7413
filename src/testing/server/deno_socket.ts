import { Duplex } from "node:stream";

const READ_SIZE = 64 * 1024;

/**
 * A connection of Deno's as the part of `Socket` that the kit uses. For Deno 2.5,
 * whose `node:net` and `node:tls` lose bytes: when a TLS socket is paused and
 * resumed, and when a socket that connected is half-closed.
 */
export class DenoSocket extends Duplex {
  readonly #connection: Deno.Conn;

  constructor(connection: Deno.Conn, { allowHalfOpen = false } = {}) {
    super({ allowHalfOpen });
    this.#connection = connection;
  }

  override _read(): void {
    const buffer = new Uint8Array(READ_SIZE);
    this.#connection.read(buffer).then(
      (count) => this.push(count === null ? null : buffer.subarray(0, count)),
      (error) => this.destroy(error),
    );
  }

  override _write(
    chunk: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    this.#writeAll(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.closeWrite().then(() => done(), done);
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    this.#connection.close();
    done(error);
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    let at = 0;
    while (at < chunk.byteLength) {
      at += await this.#connection.write(chunk.subarray(at));
    }
  }
}
