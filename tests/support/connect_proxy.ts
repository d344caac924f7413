import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { decodeText, encodeText } from "../../src/bytes.ts";
import { RequestHeadParser } from "../../src/http/head.ts";
import { plainBytes } from "../../src/testing/server_socket.ts";
import { Sockets } from "./sockets.ts";

/** What the proxy asks for, and how it goes wrong. */
export interface ConnectProxyOptions {
  /** `user:password`; anyone may pass by default. */
  readonly credentials?: string;
  /** The status that every request gets instead of a tunnel. */
  readonly refuse?: number;
  /** The proxy's certificate: it is then an https: proxy. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** An HTTP proxy that knows CONNECT alone. */
export interface ConnectProxy {
  /** Without credentials. */
  readonly url: URL;
  /** The authorities that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startConnectProxy(
  options: ConnectProxyOptions = {},
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Sockets();
  const accept = (client: Socket): void => {
    sockets.add(client);
    serve(client, options, asked, sockets);
  };
  const { tls } = options;
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
    url: new URL(`${tls ? "https" : "http"}://127.0.0.1:${port}`),
    asked,
    close: () => sockets.close(server),
  };
}

function serve(
  client: Socket,
  { credentials, refuse }: ConnectProxyOptions,
  asked: string[],
  sockets: Sockets,
): void {
  const parser = new RequestHeadParser();
  const answer = (status: string): void => {
    client.write(encodeText(`HTTP/1.1 ${status}\r\n\r\n`));
  };
  const onData = (chunk: Uint8Array): void => {
    const head = parser.feed(plainBytes(chunk));
    if (head === null) return;
    client.off("data", onData);
    asked.push(`${head.method} ${head.target}`);
    const [, given = ""] =
      /^Basic (.+)$/.exec(head.headers.get("proxy-authorization") ?? "") ?? [];
    if (credentials !== undefined && decodeBasic(given) !== credentials) {
      answer("407 Proxy Authentication Required");
    } else if (refuse !== undefined) answer(`${refuse} Refused`);
    else tunnel(client, head.target, answer, sockets);
  };
  client.on("data", onData);
}

function tunnel(
  client: Socket,
  authority: string,
  answer: (status: string) => void,
  sockets: Sockets,
): void {
  const { hostname, port } = new URL(`http://${authority}`);
  const target = connect({ host: hostname, port: Number(port) });
  sockets.add(target);
  target.once("connect", () => {
    answer("200 Connection established");
    client.pipe(target);
    target.pipe(client);
  });
  client.once("close", () => target.destroy());
  target.once("close", () => client.destroy());
}

function decodeBasic(encoded: string): string {
  return decodeText(Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0)));
}
