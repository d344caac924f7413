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
import { createServer as createTlsServer } from "node:tls";
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
  const server: Server = tls
    ? createTlsServer({
      cert: tls.certificate,
      key: tls.key,
      ca: tls.clientAuthority,
      requestCert: tls.clientAuthority !== undefined,
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    }, accept)
    : createServer(accept);
  server.on("tlsClientError", () => {});
  const port = await listen(server);
  url = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  return {
    url,
    port,
    get connections() {
      return connections.size;
    },
    async close() {
      const closed = new Promise<void>((resolve) =>
        server.close(() => resolve())
      );
      const open = [...connections];
      for (const { socket } of open) socket.destroy();
      await Promise.all(open.map(({ gone }) => gone));
      await closed;
    },
  };
}

/** By an options object: `listen(port, host)` crashes Deno 2.5's node:tls. */
function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
