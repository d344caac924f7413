import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { serializeReads } from "../../adapters/deno/serialize_reads.ts";
import { listenWithDenoTls } from "./deno_tls_listener.ts";
import { LISTEN_HOST, type Listener } from "./server_socket.ts";
import {
  createTlsListener,
  type ServerTlsOptions,
  tlsKind,
} from "./tls_listener.ts";

/** Listens; `accept` gets each connection after its TLS handshake, if any. */
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
  // With TLS, "connection" is emitted before the handshake.
  server.on("connection", (socket) => {
    // Bytes that Nagle's algorithm delays are lost if the socket closes with
    // unread input.
    socket.setNoDelay(true);
    shakingHands.add(socket);
    socket.once("close", () => shakingHands.delete(socket));
  });
  return {
    port: await listen(server),
    close() {
      // Don't await the callback: Deno 2.5 miscounts and never calls it.
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
