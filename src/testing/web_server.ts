/**
 * A small HTTP/1.1 and WebSocket server on 127.0.0.1, over raw sockets, for
 * tests: whatever can go wrong on a connection can be made to go wrong here.
 *
 * @module
 */

import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { WebConnection, type WebHandler } from "./web_connection.ts";

/** The server's certificate, and the authority of the clients' own. */
export interface WebServerTls {
  /** PEM certificate. */
  readonly certificate: string;
  /** PEM private key. */
  readonly key: string;
  /** PEM authority: ask clients for a certificate, and verify it by this. */
  readonly clientAuthority?: string;
}

/** What to serve. */
export interface WebServerOptions {
  /** Null or absent for plain HTTP. */
  readonly tls?: WebServerTls | null;
  /** Answers each request; what it throws becomes a 500. */
  readonly handle: WebHandler;
}

/** A server that listens. */
export interface WebServer {
  /** The origin with 127.0.0.1, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** How many connections are open. */
  readonly connections: number;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

/** Starts a server on a free port. */
export async function startWebServer(
  options: WebServerOptions,
): Promise<WebServer> {
  const connections = new Set<WebConnection>();
  let url = "";
  const accept = (socket: Socket): void => {
    const connection = new WebConnection(socket, url, options.handle);
    connections.add(connection);
    connection.gone.then(() => connections.delete(connection));
  };
  const { tls } = options;
  const server = tls ? createTls(tls, accept) : createServer(accept);
  server.on("tlsClientError", () => {});
  const shakingHands = new Set<Socket>();
  if (tls) {
    server.on("connection", (socket) => {
      shakingHands.add(socket);
      socket.once("close", () => shakingHands.delete(socket));
    });
  }
  const port = await listen(server);
  url = `${tls ? "https" : "http"}://${HOST}:${port}`;
  return {
    url,
    port,
    get connections() {
      return connections.size;
    },
    async close() {
      // Not waiting for its callback: Deno 2.5 counts wrong and never calls it.
      server.close();
      const open = [...connections];
      for (const { socket } of open) socket.destroy();
      for (const socket of shakingHands) socket.destroy();
      await Promise.all(open.map(({ gone }) => gone));
    },
  };
}

function createTls(
  tls: WebServerTls,
  accept: (socket: Socket) => void,
): Server {
  const options: TlsOptions & { host: string } = {
    host: HOST,
    cert: tls.certificate,
    key: tls.key,
    ca: tls.clientAuthority,
    requestCert: tls.clientAuthority !== undefined,
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  };
  return createTlsServer(options, accept);
}

/** Deno 2.5's TLS server takes the host from its options, and no options here. */
function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    const listening = (): void => {
      resolve((server.address() as AddressInfo).port);
    };
    server.once("error", reject);
    try {
      server.listen({ port: 0, host: HOST }, listening);
    } catch {
      server.listen(0, listening);
    }
  });
}
