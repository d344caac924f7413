import type { Bytes } from "../../bytes.ts";
import { ConfigurationError, ConnectError } from "../../errors.ts";
import { connectError } from "../connect_error.ts";
import type { DialTarget } from "../duplex.ts";
import { hostAndPort } from "../address.ts";
import { httpConnect } from "./http_connect.ts";
import { proxyAddress, proxyCredentials } from "./proxy_address.ts";
import { AnswerReader, ProxyRefusal, type TunnelEnd } from "./tunnel_stream.ts";
import { socksConnect } from "./socks_connect.ts";

/**
 * Asks a proxy for a tunnel to the target. After that the connection carries
 * the target's bytes.
 *
 * @returns What the target said before it was asked: those of its bytes that
 * came right behind the proxy's answer.
 * @throws {ConnectError} `PROXY_AUTH` or `PROXY_FAILED` when the proxy refuses.
 */
export async function openTunnel(
  end: TunnelEnd,
  target: DialTarget & { readonly proxy: URL },
): Promise<Bytes> {
  const { hostname, port, tls } = target;
  const proxy = proxyAddress(target.proxy);
  const via = hostAndPort(proxy.hostname, proxy.port);
  const answer = new AnswerReader(end);
  const ask = proxy.socks ? socksConnect : httpConnect;
  try {
    await ask({
      hostname,
      port,
      credentials: proxyCredentials(target.proxy),
      write: (bytes) => end.write(bytes),
    }, answer);
    // It is for the client to begin TLS: a byte before that is an intruder's.
    if (tls !== null && answer.rest.byteLength > 0) {
      throw new ProxyRefusal("the proxy spoke out of turn");
    }
    return answer.rest;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    if (!(error instanceof ProxyRefusal)) {
      throw connectError(error, `the proxy ${via}`);
    }
    const { message, code, cause } = error;
    const where = `${hostAndPort(hostname, port)} through the proxy ${via}`;
    throw new ConnectError(`Cannot connect to ${where}: ${message}`, {
      code,
      cause,
    });
  }
}
