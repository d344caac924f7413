import type { Socket } from "node:net";
import { destroyOnceConnected } from "../../src/adapters/deno/destroy_connecting.ts";
import { tlsKind } from "../../src/testing/server/tls_listener.ts";

/** The open sockets of a server. */
export class Sockets {
  readonly #open = new Set<Socket>();

  /** Tracks `socket` until it closes, and ignores its errors. */
  add(socket: Socket): void {
    this.#open.add(socket);
    if (tlsKind === "old-deno") destroyOnceConnected(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#open.delete(socket));
  }

  /**
   * Stops `server` and drops every connection. Does not wait for the server's
   * `close` event: Deno 2.5 miscounts connections and may never emit it.
   */
  async close(server: { close(): unknown }): Promise<void> {
    server.close();
    await Promise.all([...this.#open].map((socket) =>
      new Promise((resolve) => {
        socket.once("close", resolve);
        socket.destroy();
      })
    ));
  }
}
