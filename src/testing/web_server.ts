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
import { LISTEN_HOST } from "./server_socket.ts";
import { createTlsListener, type WebServerTls } from "./tls_listener.ts";
import { WebConnection, type WebHandler } from "./web_connection.ts";

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
  const server = tls ? createTlsListener(tls, accept) : createServer(accept);
  const shakingHands = new Set<Socket>();
  // With TLS, this is told of TCP before the handshake.
  server.on("connection", (socket) => {
    shakingHands.add(socket);
    socket.once("close", () => shakingHands.delete(socket));
  });
  const port = await listen(server);
  url = `${tls ? "https" : "http"}://${LISTEN_HOST}:${port}`;
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

/** Deno 2.5's TLS server takes the host from its options, and no options here. */
function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    const listening = (): void => {
      resolve((server.address() as AddressInfo).port);
    };
    server.once("error", reject);
    try {
      server.listen({ port: 0, host: LISTEN_HOST }, listening);
    } catch {
      server.listen(0, listening);
    }
  });
}
