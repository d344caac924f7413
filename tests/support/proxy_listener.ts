import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Sockets } from "./sockets.ts";

/** What any proxy of ours can be told. */
export interface ProxyOptions {
  /** `user:password`; anyone may pass by default. */
  readonly credentials?: string;
  /** Names that the proxy knows, and their addresses. */
  readonly names?: Readonly<Record<string, string>>;
  /** The proxy's certificate: it is then reached over TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A proxy of ours. */
export interface Proxy {
  /** Without credentials. */
  readonly url: URL;
  /** What was asked for: `CONNECT host:port`, or `HTTP`'s own methods. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A client of a proxy, and what the proxy may do with it. */
export interface ProxyClient {
  readonly socket: Socket;
  /** Notes down what the client asked for. */
  record(request: string): void;
  /** Joins the client with a server, once `accept` has told it so. */
  tunnel(hostname: string, port: number, accept: () => void): void;
}

/** Listens on a free port of 127.0.0.1 for a proxy that `serve` is. */
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
