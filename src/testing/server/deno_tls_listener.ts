import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { DenoSocket } from "./deno_socket.ts";
import { LISTEN_HOST, type Listener } from "./server_socket.ts";
import type { ServerTlsOptions } from "./tls_listener.ts";

/**
 * Listens with `Deno.listenTls`. For Deno 2.5, whose `node:tls` loses bytes when
 * a socket is paused and resumed.
 */
export function listenWithDenoTls(
  tls: ServerTlsOptions,
  accept: (socket: Socket) => void,
): Listener {
  const listener = Deno.listenTls({
    hostname: LISTEN_HOST,
    port: 0,
    cert: tls.certificate,
    key: tls.key,
  });
  acceptAll(listener, accept);
  return {
    port: (listener.addr as Deno.NetAddr).port,
    close: () => listener.close(),
  };
}

async function acceptAll(
  listener: Deno.TlsListener,
  accept: (socket: Socket) => void,
): Promise<void> {
  for await (const connection of listener) {
    accept(new DenoSocket(connection) as Duplex as Socket);
  }
}
