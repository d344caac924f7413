import { bareHost, parseAddress } from "../transport/address.ts";

/** The properties of a server that `NO_PROXY` can match. */
interface Destination {
  readonly hostname: string;
  readonly port: string;
  /** Null if the host is a name. */
  readonly address: Uint8Array | null;
}

/** A block such as `10.0.0.0/8`. */
const CIDR = /^([^/]+)\/(\d+)$/;

/** A host, in brackets if it contains colons, and a port. */
const HOST_AND_PORT = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/;

/**
 * Whether `server` is reached without the environment's proxy. Names and
 * addresses of this machine always are; others if `noProxy` lists them, separated
 * by commas: `*`, addresses, CIDR blocks, and domains, which with a leading dot
 * or `*.` mean only their subdomains. All but blocks may have a port.
 *
 * These are the rules of Go's `httpproxy`, which kubectl uses. An invalid entry
 * matches nothing.
 */
export function matchesNoProxy(server: URL, noProxy: string): boolean {
  const hostname = bareHost(server.hostname);
  const port = server.port || (server.protocol === "https:" ? "443" : "80");
  const address = unmapped(parseAddress(hostname));
  if (hostname === "localhost" || isLoopback(address)) return true;
  return noProxy.split(",").some((entry) =>
    matches(entry.trim().toLowerCase(), { hostname, port, address })
  );
}

function matches(entry: string, destination: Destination): boolean {
  if (entry === "*") return true;
  const [, network = "", bits = ""] = CIDR.exec(entry) ?? [];
  const block = blockOf(parseAddress(network), Number(bits));
  if (block !== null) return block(destination.address);
  const [, bracketed, bare, port = ""] = HOST_AND_PORT.exec(entry) ?? [];
  const host = bracketed ?? bare ?? entry;
  if (host === "") return false;
  const portFits = port === "" || port === destination.port;
  const address = unmapped(parseAddress(host));
  return portFits &&
    (address === null
      ? isWithin(destination.hostname, host.replace(/^\*(?=\.)/, ""))
      : equal(address, destination.address));
}

/** A test for addresses in the block; null if it is not a block. */
function blockOf(
  network: Uint8Array | null,
  bits: number,
): ((address: Uint8Array | null) => boolean) | null {
  if (network === null || bits > network.length * 8) return null;
  const first = masked(network, bits);
  const start = unmapped(first);
  const length = bits - (first.length - start.length) * 8;
  return (address) =>
    address?.length === start.length && equal(masked(address, length), start);
}

function isWithin(hostname: string, domain: string): boolean {
  if (domain.startsWith(".")) return hostname.endsWith(`.${ascii(domain)}`);
  const name = ascii(domain);
  return hostname === name || hostname.endsWith(`.${name}`);
}

/** The domain without a leading dot, in the ASCII form that URLs use. */
function ascii(domain: string): string {
  const name = domain.replace(/^\./, "");
  const url = `http://${name}`;
  const isUnicode = /[^\0-\x7f]/.test(name) && URL.canParse(url);
  return isUnicode ? new URL(url).hostname : name;
}

function isLoopback(address: Uint8Array | null): boolean {
  if (address === null) return false;
  return address.length === 4
    ? address[0] === 127
    : address.every((byte, at) => byte === (at === 15 ? 1 : 0));
}

/** Unwraps an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2). */
function unmapped<Address extends Uint8Array | null>(
  address: Address,
): Address | Uint8Array {
  if (address?.length !== 16) return address;
  const isMapped = address.subarray(0, 12)
    .every((byte, at) => byte === (at < 10 ? 0 : 0xff));
  return isMapped ? address.subarray(12) : address;
}

function masked(address: Uint8Array, bits: number): Uint8Array {
  return address.map((byte, at) => {
    const kept = Math.min(8, Math.max(0, bits - at * 8));
    return byte & (0xff00 >> kept);
  });
}

function equal(a: Uint8Array, b: Uint8Array | null): boolean {
  return a.length === b?.length && a.every((byte, at) => byte === b[at]);
}
