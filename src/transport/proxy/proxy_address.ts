import { ConfigurationError } from "../../errors.ts";
import { bareHost } from "../address.ts";

/** The schemes that a proxy's URL may have, and their ports. */
const PORTS: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "socks5:": 1080,
  "socks5h:": 1080,
};

/** Where a proxy is, and how it is spoken to. */
export interface ProxyAddress {
  readonly hostname: string;
  readonly port: number;
  /** It is reached over TLS. */
  readonly secure: boolean;
  /** It speaks SOCKS 5; otherwise HTTP. */
  readonly socks: boolean;
}

/** What a proxy is told about who we are. */
export interface ProxyCredentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Where the proxy of `url` listens.
 *
 * @throws {ConfigurationError} Its scheme is none of a proxy.
 */
export function proxyAddress(url: URL): ProxyAddress {
  const problem = proxyProblem(url);
  if (problem !== null) {
    throw new ConfigurationError(`Cannot use the proxy: ${problem}`);
  }
  const { protocol, hostname, port } = url;
  return {
    hostname: bareHost(hostname),
    port: port === "" ? PORTS[protocol]! : Number(port),
    secure: protocol === "https:",
    socks: protocol.startsWith("socks5"),
  };
}

/** What keeps a URL from being a proxy's, or null. */
export function proxyProblem({ protocol, hostname }: URL): string | null {
  if (!Object.hasOwn(PORTS, protocol)) {
    const known = Object.keys(PORTS).join(", ");
    return `its scheme must be one of ${known}`;
  }
  return hostname === "" ? "its URL names no host" : null;
}

/** The credentials in a proxy's URL; null when it has none. */
export function proxyCredentials(url: URL): ProxyCredentials | null {
  if (url.username === "" && url.password === "") return null;
  return {
    user: percentDecode(url.username),
    password: percentDecode(url.password),
  };
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
