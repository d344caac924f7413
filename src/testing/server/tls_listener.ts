import { createServer, Server, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  Server as TlsServer,
  type TlsOptions,
} from "node:tls";
import { PausableStream } from "./pausable_stream.ts";

export interface ServerTlsOptions {
  /** PEM certificate. */
  readonly certificate: string;
  /** PEM private key. */
  readonly key: string;
  /** PEM authority; with it, the server requests client certificates. */
  readonly clientAuthority?: string;
}

/** The runtime's implementation of `node:tls` servers. */
export const tlsKind: "node" | "deno" | "old-deno" = !("Deno" in globalThis)
  ? "node"
  : TlsServer.prototype instanceof Server
  ? "deno"
  : "old-deno";

/** Whether servers can request client certificates on this runtime. */
export const seesClientCertificates: boolean = tlsKind !== "old-deno";

/** Creates a TLS server whose sockets stop reading TCP while paused. */
export function createTlsListener(
  tls: ServerTlsOptions,
  accept: (socket: Socket) => void,
): Server {
  const options: TlsOptions = {
    cert: tls.certificate,
    key: tls.key,
    ca: tls.clientAuthority,
    requestCert: tls.clientAuthority !== undefined,
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  };
  if (tlsKind === "deno") return createPausableListener(options, accept);
  const server = createTlsServer(options, accept);
  server.on("tlsClientError", () => {});
  return server;
}

/**
 * On Deno, a TLS socket continues to read from TCP while it is paused. So this
 * accepts TCP itself, and TLS reads through a stream that can be paused.
 */
function createPausableListener(
  options: TlsOptions,
  accept: (socket: Socket) => void,
): Server {
  return createServer((tcp) => {
    const stream = new PausableStream(tcp);
    const tls = createTlsServer(options, (socket) => {
      stream.followPauseOf(socket);
      accept(socket);
    });
    tls.on("tlsClientError", () => tcp.destroy());
    tls.emit("connection", stream);
  });
}
