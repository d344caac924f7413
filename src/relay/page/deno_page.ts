import type { Connection } from "../../transport/transport.ts";
import { type AcceptedPage, type PageAcceptor, webPage } from "./page.ts";

/** Upgrades a request of `Deno.serve`, which pings its sockets by itself. */
export function denoAcceptor(request: Request): PageAcceptor {
  return {
    pings: false,
    hidesKey: false,
    choosesFirst: false,
    accept: (protocol) => acceptOnDeno(request, protocol),
  };
}

function acceptOnDeno(request: Request, protocol: string): AcceptedPage {
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol });
  socket.binaryType = "arraybuffer";
  const { promise, resolve, reject } = Promise.withResolvers<Connection>();
  promise.catch(() => {});
  const gone = (): void => reject(new Error("the page left"));
  // Now, so that no message comes before its listener.
  socket.onopen = () => resolve(webPage(socket, true));
  socket.addEventListener("error", gone);
  socket.addEventListener("close", gone);
  return {
    response,
    connection: promise,
    abandon() {
      gone();
      try {
        socket.close();
      } catch {
        // It was never opened.
      }
    },
  };
}
