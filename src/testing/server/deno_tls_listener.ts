import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { LISTEN_HOST, type Listener } from "./server_socket.ts";
import type { ServerTlsOptions } from "./tls_listener.ts";

const READ_SIZE = 64 * 1024;

/**
 * Listens with `Deno.listenTls`. For Deno 2.5, whose `node:tls` loses bytes when
 * a socket is paused and resumed.
 */
export function listenWithDenoTls(
  tls: ServerTlsOptions,
  accept: (socket: Socket) => void,
): Listener {
  const listener = Deno.listenTls({
    hostname: LISTEN_HOST,
    port: 0,
    cert: tls.certificate,
    key: tls.key,
  });
  acceptAll(listener, accept);
  return {
    port: (listener.addr as Deno.NetAddr).port,
    close: () => listener.close(),
  };
}

async function acceptAll(
  listener: Deno.TlsListener,
  accept: (socket: Socket) => void,
): Promise<void> {
  for await (const connection of listener) {
    accept(new DenoTlsSocket(connection) as Duplex as Socket);
  }
}

/** The part of `Socket` that the HTTP server uses. */
class DenoTlsSocket extends Duplex {
  readonly #connection: Deno.TlsConn;

  constructor(connection: Deno.TlsConn) {
    super({ allowHalfOpen: false });
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
