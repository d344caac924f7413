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

/** Systems give such ports to nobody who does not ask for one by its number. */
const UNGIVEN_PORTS = { first: 20_000, count: 10_000 };

/**
 * A port of 127.0.0.1 that nobody listens on. A port that was just free could
 * be given to another process at any time.
 */
export async function closedPort(): Promise<number> {
  const { first, count } = UNGIVEN_PORTS;
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
