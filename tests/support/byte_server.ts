import { type AddressInfo, createServer, type Socket } from "node:net";

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
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    accept(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      const open = [...sockets].map((socket) =>
        new Promise((resolve) => {
          socket.once("close", resolve);
          socket.destroy();
        })
      );
      await Promise.all(open);
      await closed;
    },
  };
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = await startByteServer(() => {});
  await server.close();
  return server.port;
}
