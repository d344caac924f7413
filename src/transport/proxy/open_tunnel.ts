import type { Bytes } from "../../bytes.ts";
import { ConfigurationError, ConnectError } from "../../errors.ts";
import { connectError } from "../connect_error.ts";
import { connectHint } from "../connect_hint.ts";
import type { DialTarget } from "../dial.ts";
import { hostAndPort } from "../address.ts";
import { httpConnect } from "./http_connect.ts";
import { proxyAddress, proxyCredentials } from "./proxy_address.ts";
import {
  ProxyReader,
  ProxyRefusal,
  type ProxyStream,
} from "./tunnel_stream.ts";
import { socksConnect } from "./socks_connect.ts";

/**
 * Opens a tunnel to the target through a proxy. The connection then carries the
 * target's bytes.
 *
 * @returns Bytes of the target that arrived with the proxy's response.
 * @throws {ConnectError} `PROXY_AUTH` or `PROXY_FAILED` if the proxy refuses.
 */
export async function openTunnel(
  stream: ProxyStream,
  target: DialTarget & { readonly proxy: URL },
): Promise<Bytes> {
  const { hostname, port, tls, userAgent } = target;
  const proxy = proxyAddress(target.proxy);
  const via = hostAndPort(proxy.hostname, proxy.port);
  const reader = new ProxyReader(stream);
  const ask = proxy.socks ? socksConnect : httpConnect;
  try {
    await ask({
      hostname,
      port,
      userAgent,
      credentials: proxyCredentials(target.proxy),
      write: (bytes) => stream.write(bytes),
    }, reader);
    // In TLS the client speaks first: earlier bytes are injected.
    if (tls !== null && reader.rest.byteLength > 0) {
      throw new ProxyRefusal("the proxy spoke out of turn");
    }
    return reader.rest;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    if (!(error instanceof ProxyRefusal)) {
      // Some runtimes report a failed handshake not before the first read.
      const hint = proxy.secure
        ? connectHint(error, { tls: target.proxyTls, isProxy: true })
        : null;
      throw connectError(error, `the proxy ${via}`, hint);
    }
    const { message, code, cause } = error;
    const where = `${hostAndPort(hostname, port)} through the proxy ${via}`;
    throw new ConnectError(`Cannot connect to ${where}: ${message}`, {
      code,
      cause,
    });
  }
}
