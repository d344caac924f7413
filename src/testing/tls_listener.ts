import { createServer, Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import {
  createServer as createTlsServer,
  Server as TlsServer,
  type TlsOptions,
} from "node:tls";
import { LISTEN_HOST } from "./server_socket.ts";

/** The server's certificate, and the authority of the clients' own. */
export interface WebServerTls {
  /** PEM certificate. */
  readonly certificate: string;
  /** PEM private key. */
  readonly key: string;
  /** PEM authority: ask clients for a certificate, and verify it by this. */
  readonly clientAuthority?: string;
}

/** Deno 2.5's TLS server is a native one of another class. */
const isNative = "Deno" in globalThis &&
  !(TlsServer.prototype instanceof Server);

/** Whether a server sees the certificates of its clients on this runtime. */
export const seesClientCertificates: boolean = !isNative;

/** A TLS server that gives sockets whose `pause` reaches TCP. */
export function createTlsListener(
  tls: WebServerTls,
  accept: (socket: Socket) => void,
): Server {
  const options: TlsOptions & { host: string } = {
    // Where Deno 2.5 takes it from.
    host: LISTEN_HOST,
    cert: tls.certificate,
    key: tls.key,
    ca: tls.clientAuthority,
    requestCert: tls.clientAuthority !== undefined,
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  };
  const server = createTlsServer(options, accept);
  server.on("tlsClientError", () => {});
  return "Deno" in globalThis && !isNative
    ? createHoldingListener(options, accept)
    : server;
}

/**
 * On Deno 2.9, TLS reads on from TCP however long its socket is paused. So TCP
 * is accepted apart from it, and TLS reads through a stream that can be held.
 */
function createHoldingListener(
  options: TlsOptions,
  accept: (socket: Socket) => void,
): Server {
  return createServer((tcp) => {
    const stream = new HeldStream(tcp);
    const tls = createTlsServer(options, (socket) => {
      makeHolding(socket, stream);
      accept(socket);
    });
    tls.on("tlsClientError", () => tcp.destroy());
    tls.emit("connection", stream);
  });
}

/** A TCP socket whose reading can be held up from outside. */
class HeldStream extends Duplex {
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

  get held(): boolean {
    return this.#held;
  }

  /** Stops reading from TCP, or reads on. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held) this.#tcp.resume();
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

/** What was read and not yet decrypted still arrives after `pause`. */
function makeHolding(socket: Socket, stream: HeldStream): void {
  socket.pause = () => {
    stream.hold(true);
    return socket;
  };
  socket.resume = () => {
    stream.hold(false);
    return Object.getPrototypeOf(socket).resume.call(socket);
  };
  socket.isPaused = () => stream.held;
}
