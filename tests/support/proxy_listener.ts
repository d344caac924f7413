import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Sockets } from "./sockets.ts";

/** Options of the test proxies. */
export interface ProxyOptions {
  /** `user:password`. Defaults to no authentication. */
  readonly credentials?: string;
  /** Host names that only the proxy resolves, with their addresses. */
  readonly names?: Readonly<Record<string, string>>;
  /** The proxy's certificate; makes it listen with TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A running test proxy. */
export interface Proxy {
  /** The proxy's URL, without credentials. */
  readonly url: URL;
  /** The requests: `CONNECT host:port`, or another HTTP method. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A connected client of a proxy. */
export interface ProxyClient {
  readonly socket: Socket;
  /** Records the client's request. */
  record(request: string): void;
  /** Connects to the server, calls `accept`, then pipes both ways. */
  tunnel(hostname: string, port: number, accept: () => void): void;
}

/** Listens on a free port of 127.0.0.1, and hands each client to `serve`. */
export async function listenForClients(
  scheme: "http" | "socks5",
  { tls, names }: ProxyOptions,
  serve: (client: ProxyClient) => void,
): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Sockets();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    serve({
      socket,
      record: (request) => void asked.push(request),
      tunnel(hostname, port, accept) {
        const host = names?.[hostname] ?? hostname;
        const target = connect({ host, port });
        sockets.add(target);
        target.once("connect", () => {
          accept();
          socket.pipe(target);
          target.pipe(socket);
        });
        socket.once("close", () => target.destroy());
        target.once("close", () => socket.destroy());
      },
    });
  };
  const server = tls
    ? createTlsServer({ cert: tls.certificate, key: tls.key }, accept)
    : createServer(accept);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => {
    // Deno 2.5's TLS server takes no options.
    if (tls) server.listen(0, resolve);
    else server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${tls ? "https" : scheme}://127.0.0.1:${port}`),
    requests: asked,
    close: () => sockets.close(server),
  };
}
