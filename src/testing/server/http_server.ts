/**
 * A small HTTP/1.1 and WebSocket server on 127.0.0.1, over raw sockets, for
 * tests: whatever can go wrong on a connection can be made to go wrong here.
 *
 * @module
 */

import type { Socket } from "node:net";
import { startListener } from "./listener.ts";
import { LISTEN_HOST } from "./server_socket.ts";
import type { ServerTlsOptions } from "./tls_listener.ts";
import { type RequestHandler, ServerConnection } from "./server_connection.ts";

/** What to serve. */
export interface HttpServerOptions {
  /** Null or absent for plain HTTP. */
  readonly tls?: ServerTlsOptions | null;
  /** Answers each request; what it throws becomes a 500. */
  readonly handle: RequestHandler;
}

/** A server that listens. */
export interface HttpServer {
  /** The origin with 127.0.0.1, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** How many connections are open. */
  readonly connections: number;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startHttpServer(
  options: HttpServerOptions,
): Promise<HttpServer> {
  const connections = new Set<ServerConnection>();
  let url = "";
  const accept = (socket: Socket): void => {
    const connection = new ServerConnection(socket, url, options.handle);
    connections.add(connection);
    connection.gone.then(() => connections.delete(connection));
  };
  const tls = options.tls ?? null;
  const listener = await startListener(tls, accept);
  url = `${tls === null ? "http" : "https"}://${LISTEN_HOST}:${listener.port}`;
  return {
    url,
    port: listener.port,
    get connections() {
      return connections.size;
    },
    async close() {
      const open = [...connections];
      for (const { socket } of open) socket.destroy();
      listener.close();
      await Promise.all(open.map(({ gone }) => gone));
    },
  };
}
