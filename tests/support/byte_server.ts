import { type AddressInfo, createServer, type Socket } from "node:net";
import { Sockets } from "./sockets.ts";

/** A TCP server that says what it is told to. */
export interface ByteServer {
  readonly port: number;
  /** Drops every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startByteServer(
  accept: (socket: Socket) => void,
): Promise<ByteServer> {
  const sockets = new Sockets();
  const server = createServer((socket) => {
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

/** A port of 127.0.0.1 that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
