import { ConfigurationError } from "../../errors.ts";
import { bareHost } from "../address.ts";

/** The supported schemes of a proxy's URL and their default ports. */
const PORTS: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "socks5:": 1080,
  "socks5h:": 1080,
};

/** The address and protocol of a proxy. */
export interface ProxyAddress {
  readonly hostname: string;
  readonly port: number;
  /** Whether to connect to the proxy over TLS. */
  readonly secure: boolean;
  /** Whether the proxy speaks SOCKS 5; otherwise HTTP. */
  readonly socks: boolean;
}

/** The user name and password for a proxy. */
export interface ProxyCredentials {
  readonly user: string;
  readonly password: string;
}

/**
 * The address in a proxy's URL.
 *
 * @throws {ConfigurationError} The scheme is not supported.
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

/** The problem with a proxy's URL, or null. */
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

/** A URL may hold a stray "%", which `decodeURIComponent` refuses. */
function percentDecode(text: string): string {
  const escaped = text.replace(/%(?![0-9a-f]{2})/gi, "%25");
  try {
    return decodeURIComponent(escaped);
  } catch {
    return text; // Not UTF-8: no client would have escaped it so.
  }
}
