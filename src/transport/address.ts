/** `hostname` without the brackets that URLs put around IPv6 addresses. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** `hostname:port`, with brackets around an IPv6 address. */
export function hostAndPort(hostname: string, port: number): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

const IPV4 = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;

/**
 * The 4 or 16 bytes of an IP address; null if `text` is not one. Zones and
 * brackets are not accepted.
 */
export function parseAddress(text: string): Uint8Array | null {
  if (IPV4.test(text)) {
    const parts = text.split(".").map(Number);
    return parts.every((part) => part < 256) ? Uint8Array.from(parts) : null;
  }
  if (!/^[\da-f:.]*:[\da-f:.]*$/i.test(text)) return null;
  const url = `http://[${text}]`;
  return URL.canParse(url) ? groupsOf(new URL(url).hostname) : null;
}

/**
 * The name or address to verify a server by, and to send as SNI: without the
 * brackets or the zone of an IPv6 address, an IPv4-mapped address as IPv4, and
 * without the dot of an absolute name, which Go's servers refuse as SNI.
 */
export function canonicalHost(host: string): string {
  const bare = bareHost(host);
  if (!bare.includes(":")) return host.replace(/\.$/, "");
  const address = bare.replace(/%.*$/, "");
  const bytes = parseAddress(address);
  const mapped = bytes?.subarray(0, 12).join() === MAPPED_PREFIX;
  return mapped ? bytes!.subarray(12).join(".") : address;
}

/** The first 12 bytes of an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2). */
const MAPPED_PREFIX = "0,0,0,0,0,0,0,0,0,0,255,255";

/** `[2001:db8::1]` as URLs write it: hexadecimal groups, at most one gap. */
function groupsOf(hostname: string): Uint8Array {
  const [before = [], after = []] = hostname.slice(1, -1).split("::")
    .map((side) => side.split(":").filter((group) => group !== ""));
  const gap = Array(8 - before.length - after.length).fill("0");
  const groups = [...before, ...gap, ...after]
    .map((group) => parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

/** The host and the port of an `http:` or `https:` URL, to connect to. */
export function addressOf(
  { protocol, hostname, port }: URL,
): { readonly hostname: string; readonly port: number } {
  return {
    // An IPv4-mapped address as IPv4, which certificates name.
    hostname: hostname.startsWith("[") ? canonicalHost(hostname) : hostname,
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
}
