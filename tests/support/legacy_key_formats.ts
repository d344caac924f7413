import { concatBytes } from "../../src/bytes.ts";
import { pemBlocks } from "../../src/transport/pem.ts";

// DER around the numbers of a P-256 key (RFC 5915, 3).
const SEC1_HEAD = Uint8Array.of(0x30, 0x77, 2, 1, 1, 4, 32);
const SEC1_CURVE = Uint8Array.of(
  ...[0xa0, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
  ...[0xa1, 0x44, 3, 0x42, 0, 4],
);

/** Length of the PKCS#8 header of a 2048-bit RSA key (RFC 5208, 5). */
const PKCS8_HEAD = 26;

/** Converts a PKCS#8 P-256 key to SEC1, as `openssl ec` writes it. */
export async function sec1(key: string): Promise<string> {
  const imported = await crypto.subtle.importKey(
    "pkcs8",
    derOf(key),
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign"],
  );
  const { d, x, y } = await crypto.subtle.exportKey("jwk", imported);
  const [secret, ...point] = [d!, x!, y!].map(coordinate);
  return pem(
    concatBytes([SEC1_HEAD, secret!, SEC1_CURVE, ...point]),
    "EC PRIVATE KEY",
  );
}

/** Converts a PKCS#8 RSA key to PKCS#1, as `openssl rsa -traditional` writes it. */
export function pkcs1(key: string): string {
  return pem(derOf(key).slice(PKCS8_HEAD), "RSA PRIVATE KEY");
}

function derOf(key: string): Uint8Array<ArrayBuffer> {
  const [block] = pemBlocks(key, /^PRIVATE KEY$/);
  return fromBase64Url(block!.content.replace(/\s/g, ""));
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Pads a number to the 32 bytes of P-256: Bun 1.3 omits leading zeros. */
function coordinate(base64Url: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64Url(base64Url);
  const padded = new Uint8Array(32);
  padded.set(bytes, padded.byteLength - bytes.byteLength);
  return padded;
}

function pem(der: Uint8Array, label: string): string {
  const base64 = btoa(String.fromCharCode(...der));
  const lines = base64.match(/.{1,64}/g)!.join("\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
