import {
  type AddressInfo,
  createServer,
  type ServerOpts,
  type Socket,
} from "node:net";
import type { Duplex } from "node:stream";
import { DenoSocket } from "../../src/testing/server/deno_socket.ts";
import { tlsKind } from "../../src/testing/server/tls_listener.ts";
import { Sockets } from "./sockets.ts";

/** A TCP server whose connections the test handles itself. */
export interface ByteServer {
  readonly port: number;
  /** Drops every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a server on a free port of 127.0.0.1. With `allowHalfOpen` a socket can
 * still be written to once its peer has ended.
 */
export async function startByteServer(
  accept: (socket: Socket) => void,
  options: ServerOpts = {},
): Promise<ByteServer> {
  if (options.allowHalfOpen && tlsKind === "old-deno") {
    return startDenoByteServer(accept);
  }
  const sockets = new Sockets();
  const server = createServer(options, (socket) => {
    sockets.add(socket);
    accept(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => sockets.close(server),
  };
}

/** For Deno 2.5, whose `node:net` loses bytes of half-open sockets. */
function startDenoByteServer(accept: (socket: Socket) => void): ByteServer {
  const sockets = new Sockets();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const connection of listener) {
      const stream: Duplex = new DenoSocket(connection, {
        allowHalfOpen: true,
      });
      sockets.add(stream as Socket);
      accept(stream as Socket);
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    close: () => sockets.close(listener),
  };
}

/** Below the ephemeral range: the system assigns these only on explicit request. */
const EXPLICIT_PORTS = { first: 20_000, count: 10_000 };

/**
 * A port of 127.0.0.1 without a listener. An ephemeral port that was just freed
 * could be assigned to another process at any time.
 */
export async function closedPort(): Promise<number> {
  const { first, count } = EXPLICIT_PORTS;
  for (let tries = 0; tries < 100; tries++) {
    const port = first + Math.floor(Math.random() * count);
    if (await isFree(port)) return port;
  }
  throw new Error("Cannot find a closed port");
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1" }, () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}
