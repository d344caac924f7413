import type { Server, Socket } from "node:net";

/** The open connections of a server. */
export class Sockets {
  readonly #open = new Set<Socket>();

  /** Keeps `socket` until it is closed; its errors concern nobody. */
  add(socket: Socket): void {
    this.#open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#open.delete(socket));
  }

  /**
   * Stops `server` and drops every connection. It does not wait for the
   * server's own word: Deno 2.5 counts wrong and may never give it.
   */
  async close(server: Server): Promise<void> {
    server.close();
    await Promise.all([...this.#open].map((socket) =>
      new Promise((resolve) => {
        socket.once("close", resolve);
        socket.destroy();
      })
    ));
  }
}
