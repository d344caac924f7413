/**
 * A small HTTP/1.1 and WebSocket server over raw sockets, which can break a
 * connection in any way that a test needs.
 *
 * @module
 */

import type { Socket } from "node:net";
import { startListener } from "./listener.ts";
import { LISTEN_HOST } from "./server_socket.ts";
import type { ServerTlsOptions } from "./tls_listener.ts";
import { type RequestHandler, ServerConnection } from "./server_connection.ts";

export interface HttpServerOptions {
  /** Defaults to plain HTTP. */
  readonly tls?: ServerTlsOptions | null;
  /** Called for each request; an error becomes a 500. */
  readonly handle: RequestHandler;
}

export interface HttpServer {
  /** The origin, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** The number of open connections. */
  readonly connections: number;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startHttpServer(
  options: HttpServerOptions,
): Promise<HttpServer> {
  const connections = new Set<ServerConnection>();
  let url = "";
  const accept = (socket: Socket): void => {
    const connection = new ServerConnection(socket, url, options.handle);
    connections.add(connection);
    connection.closed.then(() => connections.delete(connection));
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
      await Promise.all(open.map(({ closed: gone }) => gone));
    },
  };
}
