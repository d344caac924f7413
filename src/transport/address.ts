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

/** `[2001:db8::1]` as URLs write it: hexadecimal groups, at most one gap. */
function groupsOf(hostname: string): Uint8Array {
  const [before = [], after = []] = hostname.slice(1, -1).split("::")
    .map((side) => side.split(":").filter((group) => group !== ""));
  const gap = Array(8 - before.length - after.length).fill("0");
  const groups = [...before, ...gap, ...after]
    .map((group) => parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}
