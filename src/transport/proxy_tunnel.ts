import { type Bytes, encodeText } from "../bytes.ts";
import { ConnectError, ProtocolError } from "../errors.ts";
import {
  encodeRequestHead,
  type ResponseHead,
  ResponseHeadParser,
} from "../http/head.ts";
import { connectError } from "./connect_error.ts";
import type { DialTarget } from "./duplex.ts";

/** A connection to a proxy, before it is anything else. */
export interface TunnelEnd {
  /** What came next, null at the end. */
  read(): Promise<Bytes | null>;
  write(bytes: Bytes): Promise<void>;
}

/** Host and port of the proxy, and whether it is reached over TLS. */
export interface ProxyAddress {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Where the proxy of `url` listens. */
export function proxyAddress(url: URL): ProxyAddress {
  const secure = url.protocol === "https:";
  return {
    hostname: bareHost(url.hostname),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    secure,
  };
}

/** The host without the brackets that URLs put around IPv6 addresses. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Host and port as URLs and messages write them. */
export function hostAndPort(hostname: string, port: number): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/**
 * Asks a proxy for a tunnel to the target (RFC 9110, 9.3.6). After that the
 * connection carries the target's bytes.
 *
 * @throws {ConnectError} `PROXY_AUTH` or `PROXY_FAILED` when the proxy refuses.
 */
export async function openTunnel(
  end: TunnelEnd,
  target: DialTarget & { readonly proxy: URL },
): Promise<void> {
  const proxy = proxyAddress(target.proxy);
  const via = hostAndPort(proxy.hostname, proxy.port);
  const authority = hostAndPort(target.hostname, target.port);
  const where = `${authority} through the proxy ${via}`;
  let head: ResponseHead;
  try {
    await end.write(encodeRequestHead("CONNECT", authority, {
      host: authority,
      ...authorization(target.proxy),
    }));
    head = await readHead(end);
  } catch (error) {
    if (error instanceof ProtocolError) {
      throw refused(where, "the proxy does not speak HTTP", error);
    }
    throw connectError(error, `the proxy ${via}`);
  }
  if (head.status >= 200 && head.status < 300) return;
  if (head.status === 407) {
    const had = target.proxy.username !== "";
    throw new ConnectError(
      `Cannot connect to ${where}: the proxy ${
        had ? "refused the credentials" : "wants credentials"
      }`,
      { code: "PROXY_AUTH" },
    );
  }
  throw refused(where, `the proxy answered ${head.status} ${head.statusText}`);
}

/** TLS and HTTP clients speak first: nothing can follow the proxy's answer. */
async function readHead(end: TunnelEnd): Promise<ResponseHead> {
  const parser = new ResponseHeadParser();
  for (;;) {
    const chunk = await end.read();
    if (chunk === null) {
      throw new ProtocolError("Cannot read the proxy's answer: it ended early");
    }
    const head = parser.feed(chunk);
    if (head === null) continue;
    if (parser.rest.byteLength > 0) {
      throw new ProtocolError("Cannot use the proxy: it spoke out of turn");
    }
    return head;
  }
}

function authorization(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const user = percentDecode(proxy.username);
  const password = percentDecode(proxy.password);
  const bytes = encodeText(`${user}:${password}`);
  const encoded = btoa(String.fromCharCode(...bytes));
  return { "proxy-authorization": `Basic ${encoded}` };
}

/** A URL keeps a stray "%" as it is, which `decodeURIComponent` refuses. */
function percentDecode(text: string): string {
  const escaped = text.replace(/%(?![0-9a-f]{2})/gi, "%25");
  try {
    return decodeURIComponent(escaped);
  } catch {
    return text; // Not UTF-8: no client would have escaped it so.
  }
}

function refused(where: string, reason: string, cause?: unknown): ConnectError {
  return new ConnectError(`Cannot connect to ${where}: ${reason}`.trimEnd(), {
    code: "PROXY_FAILED",
    cause,
  });
}
