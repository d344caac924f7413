import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { serializeReads } from "../../adapters/deno/legacy_reads.ts";
import { listenWithDenoTls } from "./deno_tls_listener.ts";
import { LISTEN_HOST, type Listener } from "./server_socket.ts";
import {
  createTlsListener,
  type ServerTlsOptions,
  tlsKind,
} from "./tls_listener.ts";

/** Starts to listen; connections are accepted once TLS, if any, is set up. */
export async function startListener(
  tls: ServerTlsOptions | null,
  accept: (socket: Socket) => void,
): Promise<Listener> {
  if (tls !== null && tlsKind === "old-deno") {
    return listenWithDenoTls(tls, accept);
  }
  const server = tls === null
    ? createServer((socket) => {
      if (tlsKind === "old-deno") serializeReads(socket);
      accept(socket);
    })
    : createTlsListener(tls, accept);
  const shakingHands = new Set<Socket>();
  // With TLS, this is told of TCP before the handshake.
  server.on("connection", (socket) => {
    // What waits to be sent when a socket closes on unread input never is.
    socket.setNoDelay(true);
    shakingHands.add(socket);
    socket.once("close", () => shakingHands.delete(socket));
  });
  return {
    port: await listen(server),
    close() {
      // Not waiting for its callback: Deno 2.5 counts wrong and never calls it.
      server.close();
      for (const socket of shakingHands) socket.destroy();
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: LISTEN_HOST }, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
