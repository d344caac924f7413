import { createServer, Server, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  Server as TlsServer,
  type TlsOptions,
} from "node:tls";
import { PausableStream } from "./pausable_stream.ts";

/** The server's certificate, and the authority of the clients' own. */
export interface ServerTlsOptions {
  /** PEM certificate. */
  readonly certificate: string;
  /** PEM private key. */
  readonly key: string;
  /** PEM authority: ask clients for a certificate, and verify it by this. */
  readonly clientAuthority?: string;
}

/** How this runtime does TLS for a server. */
export const tlsKind: "node" | "deno" | "old-deno" = !("Deno" in globalThis)
  ? "node"
  : TlsServer.prototype instanceof Server
  ? "deno"
  : "old-deno";

/** Whether a server sees the certificates of its clients on this runtime. */
export const seesClientCertificates: boolean = tlsKind !== "old-deno";

/** A TLS server that gives sockets whose `pause` reaches TCP. */
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
 * On Deno, TLS reads on from TCP however long its socket is paused. So TCP is
 * accepted apart from it, and TLS reads through a stream that can be held.
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
