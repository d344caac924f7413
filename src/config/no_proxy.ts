import { bareHost, parseAddress } from "../transport/address.ts";

/** What of a server decides whether it is reached directly. */
interface Destination {
  readonly hostname: string;
  readonly port: string;
  /** Null when the host is a name. */
  readonly address: Uint8Array | null;
}

/** `10.0.0.0/8` and its like. */
const CIDR = /^([^/]+)\/(\d+)$/;

/** What is before a port, in brackets when it has colons itself. */
const HOST_AND_PORT = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/;

/**
 * Whether no proxy of the environment is for `server`. Names and addresses of
 * this very machine never are; others are when `noProxy` has them, a list with
 * commas of `*`, addresses, CIDR blocks, and domains, which with a dot or `*.`
 * in front mean their subdomains alone. All but blocks may end in a port.
 *
 * These are the rules of Go's `httpproxy`, which kubectl goes by; what cannot
 * be understood matches nothing.
 */
export function isExempt(server: URL, noProxy: string): boolean {
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

/** Tells which addresses are in the block; null when it is none. */
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

/** The domain, without a dot in front, as URLs write names beyond ASCII. */
function ascii(domain: string): string {
  const name = domain.replace(/^\./, "");
  const url = `http://${name}`;
  const isForeign = /[^\0-\x7f]/.test(name) && URL.canParse(url);
  return isForeign ? new URL(url).hostname : name;
}

function isLoopback(address: Uint8Array | null): boolean {
  if (address === null) return false;
  return address.length === 4
    ? address[0] === 127
    : address.every((byte, at) => byte === (at === 15 ? 1 : 0));
}

/** An IPv4 address within IPv6 (RFC 4291, 2.5.5.2) as what it is. */
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

function equal(one: Uint8Array, other: Uint8Array | null): boolean {
  return one.length === other?.length &&
    one.every((byte, at) => byte === other[at]);
}
