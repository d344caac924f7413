import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { DenoSocket } from "./deno_socket.ts";
import { tlsKind } from "./tls_listener.ts";

/** Connects a socket that can be half-closed. */
export async function openSocket(
  hostname: string,
  port: number,
): Promise<Socket> {
  if (tlsKind !== "old-deno") return await connectSocket(hostname, port);
  const connection = await Deno.connect({ hostname, port });
  connection.setNoDelay(true);
  return new DenoSocket(connection, {
    allowHalfOpen: true,
  }) as Duplex as Socket;
}

function connectSocket(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
