import { decodeText, encodeText } from "../../src/bytes.ts";
import { RequestHeadParser } from "../../src/http/head.ts";
import { plainBytes } from "../../src/testing/server/server_socket.ts";
import {
  listenForClients,
  type Proxy,
  type ProxyClient,
  type ProxyOptions,
} from "./proxy_listener.ts";

/** Options of an HTTP CONNECT proxy. */
export interface ConnectProxyOptions extends ProxyOptions {
  /** Refuses every request with this status. */
  readonly refuse?: number;
  /** Bytes from the server, sent in one packet with the proxy's answer. */
  readonly early?: string;
}

/** Starts an HTTP proxy that supports only CONNECT. */
export function startConnectProxy(
  options: ConnectProxyOptions = {},
): Promise<Proxy> {
  return listenForClients("http", options, (client) => serve(client, options));
}

function serve(
  { socket, record: ask, tunnel }: ProxyClient,
  { credentials, refuse, early }: ConnectProxyOptions,
): void {
  const parser = new RequestHeadParser();
  const answer = (status: string, more = ""): void => {
    socket.write(encodeText(`HTTP/1.1 ${status}\r\n\r\n${more}`));
  };
  const onData = (chunk: Uint8Array): void => {
    const head = parser.feed(plainBytes(chunk));
    if (head === null) return;
    socket.off("data", onData);
    ask(`${head.method} ${head.target}`);
    const [, given = ""] =
      /^Basic (.+)$/.exec(head.headers.get("proxy-authorization") ?? "") ?? [];
    if (credentials !== undefined && decodeBasic(given) !== credentials) {
      answer("407 Proxy Authentication Required");
    } else if (refuse !== undefined) answer(`${refuse} Refused`);
    else if (early !== undefined) answer("200 OK", early);
    else {
      const { hostname, port } = new URL(`http://${head.target}`);
      tunnel(
        hostname,
        Number(port),
        () => answer("200 Connection established"),
      );
    }
  };
  socket.on("data", onData);
}

function decodeBasic(encoded: string): string {
  return decodeText(Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0)));
}
